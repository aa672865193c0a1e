using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What happens to a hub's nodes, as it happens, for programs of its owner.</summary>
internal static class HubEvents
{
    // A viewer that is further behind than this misses the oldest; the list says how things are.
    private const int BehindMax = 256;

    public static async Task ServeAsync(HttpContext context, HubBook book, IHostApplicationLifetime life)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await PageAnswers.RefuseAsync(context, Problem.NotFound("page"));
            return;
        }

        var events = Channel.CreateBounded<HubEvent>(
            new BoundedChannelOptions(BehindMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, life.ApplicationStopping);
        book.Changed += Take;
        try
        {
            await Task.WhenAll(CloseAsync(socket, ended), SendAsync(socket, events.Reader, ended.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The viewer went away, or the node stops.
        }
        finally
        {
            book.Changed -= Take;
        }

        void Take(HubEvent one) => events.Writer.TryWrite(one);
    }

    private static async Task SendAsync(
        WebSocket socket, ChannelReader<HubEvent> events, CancellationToken cancellation)
    {
        await foreach (var one in events.ReadAllAsync(cancellation))
            await socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(
                    new HubEventDto(one.Kind, one.Node.ToString(), one.AtMs, one.Group?.ToString()),
                    ApiJson.Default.HubEventDto),
                WebSocketMessageType.Text,
                endOfMessage: true,
                cancellation);
    }

    /// <summary>A viewer has nothing to say: whatever comes ends it.</summary>
    private static async Task CloseAsync(WebSocket socket, CancellationTokenSource ended)
    {
        try
        {
            await socket.ReceiveAsync(new byte[64].AsMemory(), ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
