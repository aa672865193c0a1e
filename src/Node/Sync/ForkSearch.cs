using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Looks for the place where a peer's copy of a chain parts from ours: both then hold a proof.</summary>
internal sealed class ForkSearch(PeerClient client, IEventReader reader, LogWriter writer)
{
    // A peer that shows a fork and then none costs one search for each start.
    private readonly ConcurrentDictionary<(NodeId, ChainId), bool> _searched = new();

    /// <summary>True when the peer's head is not the event that we hold at its place.</summary>
    public bool Differs(GroupId group, ChainId chain, Head head)
    {
        if (head.Seq == 0 || writer.Durable(group).HeadOf(chain) is not { } ours || head.Seq > ours.Seq) return false;
        var id = head.Seq == ours.Seq ? ours.Id : reader.Find(group, new Position(chain, head.Seq))?.Header.Id;
        return id != head.Id;
    }

    /// <summary>True for a refusal that says: this continues a past that is not ours.</summary>
    public static bool IsForeignPast(string code) =>
        code == Refusal.Equivocation.Code() || code == Refusal.BadPrev.Code();

    /// <summary>Takes the peer's runs from ever further back until intake sees where both differ.</summary>
    public async Task SearchAsync(NodeId peer, GroupId group, ChainId chain, CancellationToken cancellation)
    {
        if (ForkOf(group, chain) is null && !_searched.TryAdd((peer, chain), true)) return;
        try
        {
            var held = writer.Durable(group).SeqOf(chain);
            var through = held;
            for (long back = Limits.BatchEventsMax; ForkOf(group, chain) is null && through > 0; back *= 2)
            {
                var after = Math.Max(0, held - back);
                await TakeAsync(peer, group, chain, after, through, cancellation);
                through = after;
            }

            // Its own side of the fork it has; ours completes the proof there.
            if (ForkOf(group, chain) is { } fork
                && reader.Read(group, chain, fork.Seq - 1, Limits.BatchEventsMax, Limits.BatchBytesMax) is { } ours)
                await client.PushAsync(peer, group, [ours], cancellation);
        }
        catch (PeerException)
        {
            _searched.TryRemove((peer, chain), out _);
            throw;
        }
    }

    private async Task TakeAsync(
        NodeId peer, GroupId group, ChainId chain, long after, long through, CancellationToken cancellation)
    {
        while (after < through && ForkOf(group, chain) is null)
        {
            var pull = new Effect.Pull(
                0, group, [new Want(chain, after)], Limits.CreditEvents, Limits.CreditBytes);
            var (batches, cut) = await PullAsync(peer, pull, cancellation);
            if (cut is { } behind)
            {
                // What lies below the peer's cut stands; both copies can only differ past it.
                after = Math.Max(after + 1, behind.SeqOf(chain));
                continue;
            }

            if (batches.Count == 0) return;
            await writer.ReceiveAsync(group, peer, batches, cancellation);
            after = Math.Max(after + 1, batches[^1].LastSeq);
        }
    }

    private async Task<(IReadOnlyList<Batch> Batches, VersionVector? Cut)> PullAsync(
        NodeId peer, Effect.Pull pull, CancellationToken cancellation)
    {
        try
        {
            return (await client.Of(peer, pull.Group).PullAsync(pull, cancellation), null);
        }
        catch (PeerException behind) when (behind.Edition is not null)
        {
            return ([], behind.Edition.Cut);
        }
    }

    private StoredFork? ForkOf(GroupId group, ChainId chain) =>
        writer.Forks(group).FirstOrDefault(f => f.Chain == chain);
}
