using System.Net;
using System.Net.Http.Headers;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a token is worth once nothing stands behind it, and who stays in the book.</summary>
public sealed class RelationTests : IAsyncLifetime
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

    [Fact]
    public async Task A_token_without_a_relation_gets_404_on_heartbeat_and_reach()
    {
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await Ask("heartbeat"));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await Ask("reach"));
        await _b.Join(_a, "cats");
        Assert.Equal(HttpStatusCode.OK, (await Ask("heartbeat")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask("reach")).Status);
        Assert.Null(await _a.Get<Admissions>().RemoveAsync("cats", _b.Id.ToString(), false, Cancellation));
        Assert.Equal((HttpStatusCode.NotFound, "not_a_member"), await Ask("heartbeat"));
        Assert.Equal((HttpStatusCode.NotFound, "not_a_member"), await Ask("reach"));
    }

    [Fact]
    public async Task A_greeting_that_fails_leaves_no_token()
    {
        var (invite, _) = await _a.Mesh.InviteAsync("cats", Cancellation);
        Assert.Null((await _b.Mesh.JoinAsync(invite!.Text, null, Cancellation)).Problem);
        await using var late = await LiveNode.Start();
        Assert.Equal("invite_used", (await late.Mesh.JoinAsync(invite.Text, null, Cancellation)).Problem?.Code);
        Assert.Equal(0, Tokens(late));
        Assert.True(Tokens(_b) > 0);
    }

    [Fact]
    public async Task A_peer_that_was_forgotten_while_it_was_greeted_stays_forgotten()
    {
        var (book, at) = (_a.Get<PeerBook>(), Endpoint.TryParse("https://192.168.1.7:7421")!);
        var token = Base64UrlText.Encode(new byte[32]);
        Assert.False(await book.GreetedAsync(_b.Id, at, null, token, PeerIdentity.Plain, Cancellation));
        await book.HeardAsync(_b.Id, 1, Cancellation);
        Assert.False(await book.PauseAsync(_b.Id, true, Cancellation));
        Assert.Null(book.Find(_b.Id));
        Assert.True(
            await book.GreetedAsync(_b.Id, at, PeerSource.Manual, token, PeerIdentity.Plain, Cancellation));
        Assert.Equal((PeerSource.Manual, at), (book.Find(_b.Id)!.Current!.Source, book.Find(_b.Id)!.Endpoint));
    }

    private static long Tokens(LiveNode node)
    {
        using var db = node.Get<Database>().OpenReader();
        using var count = db.CreateCommand();
        count.CommandText = "SELECT count(*) FROM peer_tokens";
        return (long)count.ExecuteScalar()!;
    }

    /// <summary>As B, by a token that A gave it once.</summary>
    private async Task<(HttpStatusCode Status, string? Code)> Ask(string what)
    {
        var beat = new HeartbeatMessage(_b.Id.ToString(), 0, [], [], []);
        using var http = new HttpClient();
        using var request = PeerHttp.Post(
            new Uri(_a.Address, "/sync/v1/" + what), beat, SyncJson.Default.HeartbeatMessage);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _a.TokenFor(_b.Id));
        using var response = await http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(Cancellation);
        return (response.StatusCode, Wire.TryRead(body, SyncJson.Default.ErrorReply)?.Error.Code);
    }
}
