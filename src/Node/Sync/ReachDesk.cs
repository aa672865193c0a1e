using System.Collections.Concurrent;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>Tells a peer whether it can be called, by calling it where this node knows it to be.</summary>
/// <remarks>
/// The request names no address, so nobody can have another machine dialled by it, and each peer is answered only now
/// and then.
/// </remarks>
public sealed class ReachDesk(PeerBook peers, PeerClient client, TimeProvider time)
{
    // The peer waits ten seconds for the answer.
    private static readonly TimeSpan DialMax = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<NodeId, long> _asked = new();

    /// <summary><c>POST /sync/v1/reach</c>.</summary>
    public async Task AnswerAsync(HttpContext context, NodeId peer)
    {
        if (WaitFor(peer) is { } wait)
        {
            await SyncAnswer.ThrottleAsync(context, wait);
            return;
        }

        var code = await DialAsync(peer, context.RequestAborted);
        await SyncAnswer.JsonAsync(context, new ReachReply(code is null, code), SyncJson.Default.ReachReply);
    }

    private async Task<string?> DialAsync(NodeId peer, CancellationToken cancellation)
    {
        if (peers.Find(peer) is not { Endpoint: { } endpoint } known) return "no_address";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DialMax);
        try
        {
            await client.ProbeAsync(endpoint, known.Scope, peer, limit.Token);
            return null;
        }
        catch (PeerException failed)
        {
            return failed.Code;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "timeout";
        }
    }

    /// <summary>Null where it may be asked now; otherwise seconds to wait.</summary>
    private int? WaitFor(NodeId peer)
    {
        var now = time.GetTimestamp();
        var last = _asked.GetOrAdd(peer, now);
        if (last == now) return null;
        var rest = Every - time.GetElapsedTime(last, now);
        if (rest > TimeSpan.Zero) return Math.Max(1, (int)Math.Ceiling(rest.TotalSeconds));
        return _asked.TryUpdate(peer, now, last) ? null : (int)Every.TotalSeconds;
    }
}
