using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Somebody between two nodes changes one thing of a handshake that both sign.</summary>
public sealed class BentHandshakeTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _group = await _a.Found("cats");
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    /// <summary>The byte that follows such text in such a message becomes another.</summary>
    [Theory]
    [InlineData("hello", "\"versions\":[[]")]
    [InlineData("hello", "\"nonce\":\"")]
    [InlineData("hello", "\"to\":\"")]
    [InlineData("hello", "\"instance_id\":\"an1")]
    [InlineData("hello", "\"public_key\":\"")]
    [InlineData("hello", "\"invite\":\"")]
    [InlineData("challenge", "\"version\":")]
    [InlineData("challenge", "\"nonce\":\"")]
    [InlineData("challenge", "\"instance_id\":\"an1")]
    [InlineData("challenge", "\"public_key\":\"")]
    [InlineData("challenge", "\"session\":\"")]
    [InlineData("challenge", "\"version\":1,\"signature\":\"")]
    [InlineData("proof", "\"session\":\"")]
    [InlineData("proof", "\"session\":\"[^\"]*\",\"signature\":\"")]
    [InlineData("proof", "\"mac\":\"")]
    public async Task Whatever_is_changed_on_the_way_ends_the_handshake(string message, string before)
    {
        var (invite, _) = await _a.Mesh.InviteAsync("cats", Cancellation);
        var text = InviteText.TryParse(invite!.Text, out _)!;
        await using var middle = new BendingRelay(_a.Address, message, before);
        var bent = new InviteText(
            Endpoint.TryParse($"http://127.0.0.1:{middle.Port}")!, text.Issuer, text.Group, text.Id.Span,
            text.Secret.Span);
        var outcome = await _b.Mesh.JoinAsync(bent.Write(), null, Cancellation);
        Assert.True(middle.Bent > 0, "Nothing was changed.");
        Assert.NotNull(outcome.Problem);
        Assert.False(_a.Writer.IsMember(_group, _b.Id));
        Assert.Empty(_b.Get<Node.PeerBook>().All);
        // Left alone, the same text does.
        Assert.Null((await _b.Mesh.JoinAsync(invite.Text, null, Cancellation)).Problem);
    }

    /// <summary>Passes bytes on, and changes one of one message.</summary>
    private sealed class BendingRelay : IAsyncDisposable
    {
        private readonly Intermediary _calls;
        private readonly Uri _to;
        private readonly (string Message, Regex Before) _bend;
        private int _bent;

        public BendingRelay(Uri to, string message, string before)
        {
            (_to, _bend) = (to, ($"\"step\":\"{message}\"", new Regex(before)));
            _calls = new Intermediary(ServeAsync);
        }

        public int Port => _calls.Port;

        public int Bent => Volatile.Read(ref _bent);

        public ValueTask DisposeAsync() => _calls.DisposeAsync();

        private async Task ServeAsync(TcpClient caller, CancellationToken cancellation)
        {
            using var callee = new TcpClient();
            await callee.ConnectAsync(_to.Host, _to.Port, cancellation);
            await Intermediary.PassAsync(caller.GetStream(), callee.GetStream(), Bend, Bend, cancellation);
        }

        private void Bend(Span<byte> passed)
        {
            var text = Encoding.Latin1.GetString(passed);
            if (!text.Contains(_bend.Message, StringComparison.Ordinal)) return;
            var match = _bend.Before.Match(text);
            var at = match.Index + match.Length;
            if (!match.Success || at >= passed.Length) return;
            // Of another value where it was a letter or a digit.
            passed[at] = passed[at] switch { (byte)'A' => (byte)'B', (byte)'1' => (byte)'2', _ => (byte)'A' };
            Interlocked.Increment(ref _bent);
        }
    }
}
