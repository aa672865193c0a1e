using System.Net.WebSockets;
using System.Text;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The parts of an open page, as its socket sends them.</summary>
internal sealed class OpenPage : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<string, string> _parts = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Ids of parts that came since <see cref="Forget"/>.</summary>
    public List<string> Heard { get; } = [];

    public string Everything => string.Concat(_parts.Values);

    public static Task<OpenPage> Of(WebNode node, string query) => Of(node.Address, query);

    public static async Task<OpenPage> Of(Uri node, string query)
    {
        var page = new OpenPage();
        var address = new UriBuilder(node) { Scheme = "ws", Path = "/live", Query = query };
        await page._socket.ConnectAsync(address.Uri, Cancellation);
        return page;
    }

    public void Dispose() => _socket.Dispose();

    public void Forget() => Heard.Clear();

    public string Now(string part) => _parts[part];

    /// <summary>Waits until a part says one of these.</summary>
    public Task SeeAsync(string part, params string[] texts) => UntilAsync(
        part, now => texts.Any(text => now.Contains(text, StringComparison.Ordinal)));

    /// <summary>Waits until a part was sent that is so.</summary>
    public async Task UntilAsync(string part, Func<string, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!_parts.TryGetValue(part, out var now) || !isSo(now))
        {
            var (id, html) = await ReadAsync(limit.Token);
            Heard.Add(id);
            _parts[id] = html;
        }
    }

    private async Task<(string Id, string Html)> ReadAsync(CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult frame;
        do
        {
            frame = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            Assert.Equal(WebSocketMessageType.Text, frame.MessageType);
            whole.Write(buffer, 0, frame.Count);
        }
        while (!frame.EndOfMessage);
        var text = Encoding.UTF8.GetString(whole.ToArray());
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..end], text[(end + 1)..]);
    }
}
