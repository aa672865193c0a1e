using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Simulation;

/// <content>Forks found and passed on, owed texts, editions, old copies; and the lies of a hostile node.</content>
internal sealed partial class SimulatedNode
{
    private NodeId? _via;
    private int _ticks;

    /// <summary>What peers are served from. A hostile node's serving is spoilt on the way out.</summary>
    private IEventReader Reader =>
        _world.Bug == SeededBug.BatchOffByOne ? new OffByOne(Disk.Committed) : Disk.Committed;

    public void Follow(GroupId group, NodeId via)
    {
        _via = via;
        Ask(new WriterRequest.Follow(new StoredGroup(group, HivesApp.GroupKind, HivesApp.DefaultRing)), _ => { });
    }

    /// <summary>Where every honest member is known to be in step, as the real command demands.</summary>
    public void Compact(GroupId group)
    {
        if (!IsUp || Snapshot is null) return;
        if (_world.Honest.Any(n => n != this && _sessions[n.Id].TheirsOf(group)?.Digest() != Vector.Digest())) return;
        Ask(new WriterRequest.Compact(group, dryRun: false), c =>
            _world.Trace?.Invoke($"{Name} compacts: {c.Before} to {c.After} events"));
    }

    private void Import(GroupId group, EditionText file, Action<bool> done)
    {
        _editions.Put(file);
        var edition = _core.Check(Snapshot!.Group, file.Seal.Name, out var fault);
        if (edition is null) Took(fault);
        else Ask(new WriterRequest.Import(edition), Took);

        void Took(EditionFault why)
        {
            _world.Trace?.Invoke($"{Name} takes an edition: {why}");
            if (why != EditionFault.None) _editions.Delete(group, file.Seal.Name);
            done(why == EditionFault.None);
        }
    }

    /// <summary>Peers hold more of our own chain than we do: this database is an old copy.</summary>
    private void RenewWhereOld(GroupId group, IReadOnlyList<Batch> batches)
    {
        var held = Vector.SeqOf(OwnChain);
        var ours = batches.Where(b => b.Chain == OwnChain && b.LastSeq > held);
        if (!ours.Any(b => BatchCheck.SignatureHolds(b, _key.PublicKey, Verifier))) return;
        _world.Trace?.Invoke($"{Name} finds more of its own chain at a peer");
        Ask(new WriterRequest.RenewIncarnation(), _ => { });
    }

    private void TakeForks(NodeId from, IReadOnlyList<StoredFork> announced)
    {
        foreach (var fork in announced)
        {
            if (Snapshot is not { } known) return;
            if (known.Forks.Any(f => f.Chain == fork.Chain && f.Seq <= fork.Seq)) continue;
            // Only the proof counts, so it is fetched by itself, as bytes.
            Exchange<byte[]>(from, null, to => to.ProofOf(fork), bytes =>
            {
                if (ForkProof.TryRead(bytes) is { } proof) Ask(new WriterRequest.AddFork(fork.Group, proof), _ => { });
            });
        }
    }

    private byte[]? ProofOf(StoredFork wanted) =>
        Snapshot?.Forks.FirstOrDefault(f => f.Chain == wanted.Chain && f.Seq == wanted.Seq)?.Proof.ToArray();

    /// <summary>Heads that cannot stand beside ours show a fork before any event of it comes.</summary>
    private void Compare(NodeId peer, GroupId group, IEnumerable<KeyValuePair<ChainId, Head>> heads)
    {
        foreach (var (chain, head) in heads)
        {
            if (head.Seq == 0 || Vector.HeadOf(chain) is not { } ours || head.Seq > ours.Seq) continue;
            var at = new Position(chain, head.Seq);
            var id = head.Seq == ours.Seq ? ours.Id : Disk.Committed.Find(group, at)?.Header.Id;
            if (id != head.Id) Search(peer, group, chain);
        }
    }

    private void SearchForeignPasts(NodeId peer, GroupId group, IntakeReport report)
    {
        foreach (var run in report.Refused)
            if (run.Refusal is Refusal.Equivocation or Refusal.BadPrev) Search(peer, group, run.Chain);
    }

    /// <summary>Takes the peer's runs of a chain from the beginning or its cut: intake sees a difference.</summary>
    private void Search(NodeId peer, GroupId group, ChainId chain)
    {
        if (ForkOf(chain) is null && !_searched.Add((peer, chain))) return;
        Take(peer, group, chain, after: 0);
    }

    private void Take(NodeId peer, GroupId group, ChainId chain, long after)
    {
        var pull = new Effect.Pull(0, group, [new Want(chain, after)], Limits.CreditEvents, Limits.CreditBytes);
        Exchange<PullAnswer>(peer, null, to => to.Serve(this, pull, isOnly: false), answer =>
        {
            if (answer.Edition is { } edition) Take(peer, group, chain, edition.Cut.SeqOf(chain));
            else Receive(group, peer, Frames.Read(answer.Frames), _ => ShowOurs(peer, group, chain));
        });
    }

    /// <summary>Its own side of the fork the peer has; ours completes the proof there.</summary>
    private void ShowOurs(NodeId peer, GroupId group, ChainId chain)
    {
        if (ForkOf(chain) is not { } fork) return;
        var run = Disk.Committed.Read(group, chain, fork.Seq - 1, Limits.BatchEventsMax, Limits.BatchBytesMax);
        if (run is not { } ours) return;
        Exchange<PushAnswer>(
            peer, null, (to, answer) => to.TakePush(this, group, Frames.Write([ours]), answer), _ => { });
    }

    private StoredFork? ForkOf(ChainId chain) => Snapshot?.Forks.FirstOrDefault(f => f.Chain == chain);

    private void FetchOwed(NodeId peer, GroupId group)
    {
        Want[] wants =
        [
            .. _hives.Owed(group)
                .Where(p => Disk.Committed.Find(group, p) is { IsHollow: true })
                .Order().Take(Limits.WantsMax).Select(p => new Want(p.Chain, p.Seq - 1)),
        ];
        if (wants.Length == 0) return;
        var pull = new Effect.Pull(0, group, wants, Limits.CreditEvents, Limits.CreditBytes);
        Exchange<PullAnswer>(peer, null, to => to.Serve(this, pull, isOnly: true), answer =>
        {
            var asked = wants.Select(w => new Position(w.Chain, w.After + 1)).ToHashSet();
            var found = new List<(Position, Payload)>();
            foreach (var e in Frames.Read(answer.Frames).SelectMany(b => b.Events))
                if (e.Payload is { } payload && asked.Remove(new Position(e.Header.Chain, e.Header.Seq)))
                    found.Add((new Position(e.Header.Chain, e.Header.Seq), payload));
            _world.Trace?.Invoke(
                $"{Name} owes {wants.Length} texts from {_world.Text(wants[0].Chain, wants[0].After + 1)} on, gets "
                + $"{found.Count} from {_world.Find(peer)?.Name}");
            if (found.Count > 0) Ask(new WriterRequest.Fill(group, found), _ => { });
        });
    }

    /// <summary>A hostile node changes a byte of what it sends, now and then.</summary>
    private byte[] Spoil(byte[] frames)
    {
        if (!IsHostile || frames.Length == 0 || !_world.Dice.Chance(30)) return frames;
        frames[_world.Dice.Below(frames.Length)] ^= (byte)_world.Dice.Between(1, 255);
        return frames;
    }

    private sealed class OffByOne(IEventReader inner) : IEventReader
    {
        public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
            inner.Read(group, chain, after == 0 ? 0 : after + 1, eventsMax, bytesMax);

        public Event? Find(GroupId group, Position position) => inner.Find(group, position);
    }
}
