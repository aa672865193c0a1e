using System.Buffers;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <content>Editions: made by the owner's node, taken over by nodes behind a cut.</content>
internal sealed partial class WriterCore
{
    /// <summary>Runs checked ahead of the writer: enough to never wait, few enough to stay small.</summary>
    private const int RunsAhead = 8;

    private readonly Dictionary<GroupId, EditionNote> _editions = [];

    /// <summary>
    /// Checks an edition that is here as a file, but for its state; null and the fault where it is none. On any thread.
    /// </summary>
    public CheckedEdition? Check(StoredGroup group, Hash256 file, out EditionFault fault)
    {
        fault = EditionFault.WrongFile;
        return _files.SealOf(group.Id, file) is { } seal
            ? EditionCheck.Check(
                group.Id, file, seal, _files.Lines(group.Id, file), SchemaOf(group), _verifier, out fault)
            : null;
    }

    /// <summary>
    /// Makes an edition of a group at its vector, signs and publishes it, and keeps of the events below it only what
    /// it holds. One transaction: the file is durable before it.
    /// </summary>
    private bool TakeCompact(WriterRequest.Compact request)
    {
        // What the edition covers must stand in the rows and on the chains first.
        FinishRows();
        if (!_replicas.TryGetValue(request.Group, out var replica)) return Refuse(Refusal.NotFound);
        if (ComposerOf(replica).Standing() is var standing && standing != Refusal.None) return Refuse(standing);
        if (replica.Authority.Owner != Self) return Refuse(Refusal.NotFound);
        var cuts = replica.Chains.Where(c => c.Visible.Seq > 0)
            .Select(c => new EditionCut(c.Id, c.Visible, HlcAt(replica, c))).ToArray();
        var edition = new Edition(replica.Group.Id, cuts, StateOf(replica));
        var previous = _editions.GetValueOrDefault(request.Group)?.File;
        // Names and signatures are all of one length.
        if (EngineKinds.Write(edition.Published(default, new byte[64], previous)).Length > Limits.PayloadBytesMax)
            return Refuse(Refusal.TooLarge);
        var thinning = new Thinning();
        var lines = LinesOf(edition, replica, thinning);
        var seal = request.DryRun
            ? Sealed(lines, edition)
            : _files.Save(request.Group, lines, name => _identity.Signer.Sign(edition.SignedBytes(name)));
        request.Result = new Compaction(seal.Name, seal.Bytes, thinning.Before, thinning.After);
        if (request.DryRun) return true;
        var published = edition.Published(seal.Name, seal.Signature.Span, previous);
        var draft = new Draft(EngineKinds.EditionPublished, EngineKinds.Write(published), []);
        AppendLocal(replica, [new WriterRequest.Write(request.Group, [draft])]);
        // Whatever is dropped here is gone: first it must be shown to make no difference.
        if (Check(replica.Group, seal.Name, out _) is not { } own || !Thin(replica, own, thinning))
            throw new InvalidOperationException("An edition would change the state.");
        return true;

        bool Refuse(Refusal why)
        {
            request.Fail(new LogRefusedException(why));
            return false;
        }
    }

    /// <summary>Takes an edition over, or leaves everything as it was and says why.</summary>
    private EditionFault Import(CheckedEdition from)
    {
        var edition = from.Edition;
        FinishRows();
        if (!_replicas.TryGetValue(edition.Group, out var replica)) return EditionFault.WrongGroup;
        // Nothing to gain: every chain reaches its cut here, perhaps since the file was asked for.
        if (!edition.Vector.IsAheadOf(replica.Vector)) return EditionFault.None;
        if (!EditionContest.Agrees(from, _files.Lines(edition.Group, from.Seal.Name), replica, _store))
            return EditionFault.Contradicted;
        var isOldCopy = edition.Vector.SeqOf(OwnChain) > (replica.Find(OwnChain)?.Stored.Seq ?? 0);
        // What came before stands, whatever the edition turns out to be.
        _store.Commit();
        var latest = _latest;
        var state = TakeOver(replica.Group, from);
        if (state != edition.StateRoot)
        {
            Undo(replica.Group, latest);
            return state is null ? EditionFault.BadEvent : EditionFault.WrongState;
        }

        // Others hold more of our own chain than we did: no further event may go on it.
        if (isOldCopy) Take(new WriterRequest.RenewIncarnation());
        return EditionFault.None;
    }

    /// <summary>
    /// Drops what an edition made here leaves out, and folds the group anew. False where that gives another state.
    /// </summary>
    private bool Thin(Replica before, CheckedEdition own, Thinning thinning)
    {
        var group = before.Group;
        foreach (var cut in own.Edition.Cuts) _store.Thin(group.Id, cut, thinning.DroppedOf(cut.Chain));
        foreach (var position in thinning.Erased) _store.Erase(group.Id, position);
        var replica = Adopt(group, own);
        if (thinning.IsNothing && replica.Vector.Digest() == before.Vector.Digest()
            && before.Chains.Concat(replica.Chains).All(c => c.WhyEnded == Refusal.None))
        {
            // The same events give the same rows, where no chain has an end from which an edition could shield it.
            ReleaseParked(replica);
            return true;
        }

        return Fold(replica, own, isHere: true) == own.Edition.StateRoot;
    }

    /// <summary>
    /// Puts an edition's events in the place of all below its cuts and folds the group anew. Answers with the state of
    /// the edition alone; null where one of its events does not agree with itself.
    /// </summary>
    private Hash256? TakeOver(StoredGroup group, CheckedEdition from)
    {
        var edition = from.Edition;
        var ranks = from.Ranks.ToLookup(e => e.Header.Chain, e => new Event(e.Header, e.Payload));
        foreach (var cut in edition.Cuts)
        {
            _store.Cut(group.Id, cut, [.. ranks[cut.Chain]]);
            if (cut.Hlc > _latest) _latest = cut.Hlc;
        }

        return Fold(Adopt(group, from), from, isHere: false);
    }

    /// <summary>Opens a group anew that an edition has cut.</summary>
    private Replica Adopt(StoredGroup group, CheckedEdition from)
    {
        var published = from.Edition.Published(from.Seal.Name, from.Seal.Signature.Span, previous: null);
        _store.SetMeta(EditionKey(group.Id), Encoding.UTF8.GetString(EngineKinds.Write(published)));
        var replica = _replicas[group.Id] = Load(group);
        replica.Refolded();
        Revise(group.Id);
        return replica;
    }

    /// <summary>Folds an edition and what follows it; its events are stored on the way unless they are here.</summary>
    private Hash256? Fold(Replica replica, CheckedEdition from, bool isHere)
    {
        var (group, name) = (replica.Group, from.Seal.Name);
        var projection = ProjectionOf(replica);
        projection?.Clear(group.Id);
        // A file may have been damaged since its pieces came; without signatures nothing else would show it.
        var lines = from.Seal.Verified(_files.Lines(group.Id, name));
        var runs = EditionCheck.Runs(from, lines, SchemaOf(group));
        foreach (var (run, others) in ReadAhead.Of(runs.Select(run => (run, OthersOf(run))), RunsAhead))
        {
            if (run is null) return null;
            if (!isHere) _store.Keep(group.Id, run.Chain, others);
            projection?.Apply(run, replica.Authority);
        }

        var state = StateOf(replica);
        foreach (var run in StoredRuns.PastCuts(replica, _store, SchemaOf(group)))
            projection?.Apply(run, replica.Authority);
        ReleaseParked(replica);
        return state;
    }

    /// <summary>A run's events but for those of keys and ranks, which are in place before.</summary>
    private static Event[] OthersOf(VerifiedBatch? run) => run is null ? [] :
    [
        .. run.Events.Where(e => !EngineKinds.OfAuthority.Contains(e.Header.Kind))
            .Select(e => new Event(e.Header, e.Payload)),
    ];

    private void Undo(StoredGroup group, Hlc latest)
    {
        _store.Rollback();
        foreach (var projection in _projections.Values) projection.Forget();
        _editions.Remove(group.Id);
        _replicas[group.Id] = Load(group);
        _latest = latest;
        Revise(group.Id);
    }

    /// <summary>The edition's lines, made while they are read; what they leave out is noted.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> LinesOf(Edition edition, Replica replica, Thinning thinning)
    {
        yield return EditionFile.Write(edition);
        var line = new ArrayBufferWriter<byte>(Limits.EditionLineBytesMax);
        // The store and the rows are read on one thread, and only there; lines are made of it and hashed on this one.
        foreach (var needed in ReadAhead.Of(NeededOf(replica, thinning), RunsAhead))
        {
            foreach (var e in needed)
            {
                line.ResetWrittenCount();
                EditionFile.Write(e, line);
                yield return line.WrittenMemory;
            }
        }
    }

    private IEnumerable<List<Event>> NeededOf(Replica replica, Thinning thinning)
    {
        var projection = ProjectionOf(replica);
        foreach (var run in StoredRuns.Visible(replica, _store, SchemaOf(replica.Group)))
        {
            var needed = new List<Event>(run.Events.Count);
            foreach (var e in run.Events)
            {
                var kept = projection is null
                    ? new Event(e.Header, e.Payload)
                    : projection.Keep(e, replica.Authority);
                thinning.Note(e, kept);
                if (kept is not null) needed.Add(kept);
            }

            yield return needed;
        }
    }

    /// <summary>The seal that a file would have; nothing is written.</summary>
    private EditionSeal Sealed(IEnumerable<ReadOnlyMemory<byte>> lines, Edition edition)
    {
        using var maker = new EditionSeal.Maker();
        foreach (var line in lines)
        {
            maker.Add(line.Span);
            maker.Add("\n"u8);
        }

        return maker.Finish(name => _identity.Signer.Sign(edition.SignedBytes(name)));
    }

    private Hash256 StateOf(Replica replica) => ProjectionOf(replica)?.StateOf(replica.Group.Id) ?? default;

    private Hlc HlcAt(Replica replica, Chain chain) => chain.Visible.Seq == chain.Stored.Seq
        ? chain.Hlc
        : _store.Find(replica.Group.Id, new Position(chain.Id, chain.Visible.Seq))?.Header.Hlc ?? chain.Hlc;

    private void LoadEdition(GroupId group)
    {
        if (_store.Meta(EditionKey(group)) is not { } text) return;
        var note = EngineKinds.Schema.Read(EngineKinds.EditionPublished, Encoding.UTF8.GetBytes(text));
        if (note is not EditionPublished published || Wire.TryReadHeads(published.Vector) is not { } heads
            || !Base64UrlText.TryDecode(published.FileHash, out var file))
            throw new InvalidOperationException("The note of an edition is damaged.");
        _editions[group] = new EditionNote(file, VersionVector.From(heads));
    }

    private static string EditionKey(GroupId group) => $"edition.{group}";

    /// <summary>What an edition leaves out.</summary>
    private sealed class Thinning
    {
        private readonly Dictionary<ChainId, List<long>> _dropped = [];
        private readonly List<Position> _erased = [];

        public long Before { get; private set; }

        public long After { get; private set; }

        public bool IsNothing => Before == After && _erased.Count == 0;

        /// <summary>Events of which the header alone stays.</summary>
        public IReadOnlyList<Position> Erased => _erased;

        public List<long> DroppedOf(ChainId chain) => _dropped.GetValueOrDefault(chain, []);

        public void Note(VerifiedEvent e, Event? kept)
        {
            Before++;
            if (kept is null)
            {
                if (!_dropped.TryGetValue(e.Header.Chain, out var dropped))
                    _dropped[e.Header.Chain] = dropped = [];
                dropped.Add(e.Header.Seq);
                return;
            }

            After++;
            if (kept.IsHollow && !e.IsHollow) _erased.Add(e.Header.Ref.Position);
        }
    }
}
