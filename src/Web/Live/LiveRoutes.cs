using System.Net.WebSockets;
using System.Text;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The sockets: page fragments for our own pages, JSON channels for programs.</summary>
internal static class LiveRoutes
{
    private static int _listeners;

    public static void MapLive(this WebApplication app)
    {
        app.Map("/live", PartsAsync).ExcludeFromDescription();
        app.MapGet("/ws", EventsAsync).WithTags("live")
            .WithSummary("WebSocket: send {\"follow\":\"hive:name\"} or {\"follow\":\"post:id\"}, receive events.")
            .Problem(400, 403, 503);
    }

    private static async Task PartsAsync(
        HttpContext context, LiveParts parts, IHostApplicationLifetime life)
    {
        if (Refusal(context, parts.Viewers) is { } refusal)
        {
            await PageAnswers.RefuseAsync(context, refusal);
            return;
        }

        if (LiveTopic.Read(context.Request.Query) is not { } topic)
        {
            await PageAnswers.RefuseAsync(context, Problem.NotFound("topic"));
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, life.ApplicationStopping);
        var viewer = new PartViewer(topic);
        parts.Join(viewer);
        try
        {
            await Task.WhenAll(
                EndingAsync(UntilClosedAsync(socket, ended.Token), ended), SendAsync(socket, viewer, ended.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The page was closed, or the node stops.
        }
        finally
        {
            parts.Leave(viewer);
        }
    }

    private static async Task EventsAsync(
        HttpContext context, ArrivalFeed feed, HiveQueries queries, LogWriter writer, IHostApplicationLifetime life)
    {
        if (Refusal(context, Volatile.Read(ref _listeners)) is { } refusal)
        {
            await PageAnswers.RefuseAsync(context, refusal);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, life.ApplicationStopping);
        using var viewer = new LiveEvents(socket, feed, queries);
        using var listening = writer.Listen(_ => viewer.Wake());
        Interlocked.Increment(ref _listeners);
        try
        {
            await Task.WhenAll(
                EndingAsync(viewer.ListenAsync(ended.Token), ended), viewer.SendAsync(ended.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The viewer went away, or the node stops.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private static async Task EndingAsync(Task task, CancellationTokenSource ended)
    {
        try
        {
            await task;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    internal static Problem? Refusal(HttpContext context, int viewers)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return new Problem("socket_required", 400, "This address speaks WebSocket only.");
        return viewers >= WebLimits.ViewersMax
            ? new Problem("too_many_viewers", 503, "Too many pages are open.")
            : null;
    }

    private static async Task SendAsync(WebSocket socket, PartViewer viewer, CancellationToken cancellation)
    {
        while (socket.State == WebSocketState.Open)
            foreach (var frame in await viewer.TakeAsync(cancellation))
                await socket.SendAsync(
                    Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, cancellation);
    }

    /// <summary>Pages say nothing on this socket; anything but a close ends it as well.</summary>
    private static async Task UntilClosedAsync(WebSocket socket, CancellationToken cancellation) =>
        await socket.ReceiveAsync(new byte[16].AsMemory(), cancellation);
}
