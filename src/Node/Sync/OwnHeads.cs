using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Finds out that this database is an old copy: peers hold events signed by us that we lack.</summary>
internal sealed class OwnHeads(
    PeerClient client, PeerBook peers, Sharing sharing, LogWriter writer, NodeKey key, IVerifier verifier)
{
    // A write waits for this once after a start, and only where peers are known.
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(1);

    /// <summary>Asks every peer that can be reached; opens a new incarnation where one is ahead of us.</summary>
    public async Task CheckAsync()
    {
        using var limit = new CancellationTokenSource(AskFor);
        await Task.WhenAll(peers.All.Where(p => p.Token is not null)
            .SelectMany(p => sharing.With(p.Id).Select(g => AskAsync(p.Id, g, limit.Token))));
    }

    /// <summary>No further event may go on a chain that others hold more of.</summary>
    public async Task RenewWhereOldAsync(
        GroupId group, IReadOnlyList<Batch> batches, CancellationToken cancellation)
    {
        var own = writer.OwnChain;
        var held = writer.Durable(group).SeqOf(own);
        var ours = batches.Where(b => b.Chain == own && b.LastSeq > held);
        if (ours.Any(b => BatchCheck.SignatureHolds(b, key.PublicKey, verifier)))
            await writer.RenewIncarnationAsync(cancellation);
    }

    private async Task AskAsync(NodeId peer, GroupId group, CancellationToken limit)
    {
        try
        {
            var own = writer.OwnChain;
            var held = writer.Durable(group).SeqOf(own);
            var pull = new Effect.Pull(0, group, [new Want(own, held)], Limits.BatchEventsMax, Limits.BatchBytesMax);
            // The events themselves, not a number: only our own signature proves that we wrote them.
            await RenewWhereOldAsync(group, await client.Of(peer, group).PullAsync(pull, limit), limit);
        }
        catch (PeerException)
        {
            // It does not answer; another may.
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Too slow to wait for.
        }
    }
}
