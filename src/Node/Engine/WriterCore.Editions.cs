using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <content>Editions: made by the owner's node, taken over by nodes behind a cut.</content>
internal sealed partial class WriterCore
{
    private readonly Dictionary<GroupId, EditionNote> _editions = [];

    /// <summary>The application's state digest of events; pure, on any thread.</summary>
    public StateOf StateOf(StoredGroup group) => (events, authority) =>
        _projections.TryGetValue(group.Kind, out var projection) ? projection.StateOf(events, authority) : default;

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
        if (Compose(replica, out var before) is not { } edition) return Refuse(Refusal.TooLarge);
        var lines = EditionFile.Write(edition);
        var file = Hash256.Sha256(lines);
        var signature = _identity.Signer.Sign(edition.SignedBytes(file));
        var bytes = EditionFile.Seal(lines, signature);
        var published = edition.Published(file, signature, _editions.GetValueOrDefault(request.Group)?.File);
        var payload = EngineKinds.Write(published);
        if (bytes.Length > Limits.EditionBytesMax || payload.Length > Limits.PayloadBytesMax)
            return Refuse(Refusal.TooLarge);
        request.Result = new Compaction(file, bytes.Length, before, edition.Events.Count);
        if (request.DryRun) return true;
        _files.Save(request.Group, file, bytes);
        var draft = new Draft(EngineKinds.EditionPublished, payload, []);
        AppendLocal(replica, [new WriterRequest.Write(request.Group, [draft])]);
        CutAt(replica.Group, edition, published);
        return true;

        bool Refuse(Refusal why)
        {
            request.Fail(new LogRefusedException(why));
            return false;
        }
    }

    /// <summary>Takes an edition over; false where it contradicts what is here.</summary>
    private bool Import(CheckedEdition from)
    {
        var edition = from.Edition;
        FinishRows();
        if (!_replicas.TryGetValue(edition.Group, out var replica)) return false;
        // Nothing to gain: every chain reaches its cut here, perhaps since the file was asked for.
        if (!edition.Vector.IsAheadOf(replica.Vector)) return true;
        if (!EditionContest.Agrees(edition, replica, _store)) return false;
        var isOldCopy = edition.Vector.SeqOf(OwnChain) > (replica.Find(OwnChain)?.Stored.Seq ?? 0);
        _files.Save(edition.Group, from.File, from.Bytes);
        CutAt(replica.Group, edition, edition.Published(from.File, from.Signature.Span, previous: null));
        // Others hold more of our own chain than we did: no further event may go on it.
        if (isOldCopy) Take(new WriterRequest.RenewIncarnation());
        return true;
    }

    private void CutAt(StoredGroup group, Edition edition, EditionPublished published)
    {
        var kept = edition.Events.ToLookup(e => e.Header.Chain);
        foreach (var cut in edition.Cuts)
        {
            _store.Cut(group.Id, cut, [.. kept[cut.Chain]]);
            if (cut.Hlc > _latest) _latest = cut.Hlc;
        }

        _store.SetMeta(EditionKey(group.Id), Encoding.UTF8.GetString(EngineKinds.Write(published)));
        _replicas[group.Id] = Load(group);
        Refold(group.Id);
        ReleaseParked(_replicas[group.Id]);
        Touch(group.Id, null);
    }

    /// <summary>Null where it would not fit.</summary>
    private Edition? Compose(Replica replica, out long before)
    {
        before = 0;
        var projection = ProjectionOf(replica);
        var kept = new List<Event>();
        long bytes = 0;
        foreach (var e in Visible(replica))
        {
            before++;
            var whole = new Event(e.Header, e.Payload);
            if ((projection is null ? whole : projection.Keep(e, replica.Authority)) is not { } needed) continue;
            kept.Add(needed);
            if ((bytes += needed.FramedBytes) > Limits.EditionBytesMax) return null;
        }

        var schema = SchemaOf(replica.Group);
        var folds = StateOf(replica.Group);
        var cuts = replica.Chains.Where(c => c.Visible.Seq > 0)
            .Select(c => new EditionCut(c.Id, c.Visible, HlcAt(replica, c))).ToArray();
        var root = folds(
            kept.Chunk(Limits.BatchEventsMax).SelectMany(run => Replayed(replica, run, schema)), replica.Authority);
        // Whatever is dropped here is gone: first it must be shown to make no difference.
        return root == folds(Visible(replica), replica.Authority)
            ? new Edition(replica.Group.Id, cuts, root, kept)
            : throw new InvalidOperationException("An edition would change the state.");
    }

    private IEnumerable<VerifiedEvent> Visible(Replica replica) =>
        StoredRuns.Visible(replica, _store, SchemaOf(replica.Group)).SelectMany(run => run.Events);

    private static IEnumerable<VerifiedEvent> Replayed(Replica replica, Event[] kept, IPayloadSchema schema) =>
        BatchCheck.ReplayKept(replica.Group.Id, kept, schema)?.Events
        ?? throw new InvalidOperationException("An event that was just read does not agree with itself.");

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
}
