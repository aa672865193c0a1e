namespace Anarchive.Log;

/// <summary>A group this node replicates. <paramref name="Kind"/> is hive, part or fleet.</summary>
public sealed record StoredGroup(GroupId Id, string Kind, string Ring);

/// <summary>What the store knows of a chain. Seq 0 with a zero id: declared, nothing appended yet.</summary>
/// <param name="Chain">Origin and incarnation.</param>
/// <param name="Head">Last appended event.</param>
/// <param name="Hlc">Clock of the last appended event.</param>
/// <param name="Cut">Events up to this seq live in an edition only; 0 where the whole chain is here.</param>
public sealed record StoredChain(ChainId Chain, Head Head, Hlc Hlc, long Cut);

/// <summary>A batch that waits, in the order it came.</summary>
/// <param name="Group">Group of the batch.</param>
/// <param name="Chain">Chain of the batch.</param>
/// <param name="From">The peer that sent it.</param>
/// <param name="FirstSeq">Seq of its first event.</param>
/// <param name="WaitsFor">What must arrive first.</param>
/// <param name="Frame">The batch in binary framing.</param>
public sealed record ParkedBatch(
    GroupId Group, ChainId Chain, long FirstSeq, NodeId From, Wait WaitsFor, ReadOnlyMemory<byte> Frame);

/// <summary>Two signed runs that differ at <paramref name="Seq"/>; the chain ends before it.</summary>
public sealed record StoredFork(GroupId Group, ChainId Chain, long Seq, ReadOnlyMemory<byte> Proof);

/// <summary>Serves stored events. Reads see committed data only.</summary>
public interface IEventReader
{
    /// <summary>
    /// The run after <paramref name="after"/>, at most <see cref="Limits.BatchEventsMax"/> events,
    /// <see cref="Limits.BatchBytesMax"/> bytes and the given bounds, ending on the last signed event that fits and
    /// in any case on a <c>key_rotated</c>, so that its key is known before the run.
    /// Null when nothing follows, the chain is unknown or cut past <paramref name="after"/>, or not even the first
    /// signed run fits.
    /// </summary>
    Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax);

    /// <summary>One event, without signature; null when it is not here.</summary>
    Event? Find(GroupId group, Position position);
}

/// <summary>
/// Where events live. One thread writes; nothing is durable before <see cref="Commit"/> returns, and a failed
/// commit must end the process: the store is never retried, restart replays.
/// </summary>
/// <remarks>
/// Writes between two commits form one transaction and are visible to this store's own methods at once, to an
/// <see cref="IEventReader"/> only afterwards. The in-memory twin obeys the same contract suite.
/// </remarks>
public interface IEventStore : IEventReader
{
    /// <summary>In the order they were added.</summary>
    IReadOnlyList<StoredGroup> Groups();

    /// <summary>
    /// Adds a group. Adding it again changes nothing, unless nothing of it is here: what was heard of it may be wrong.
    /// </summary>
    void AddGroup(StoredGroup group);

    /// <summary>In chain order.</summary>
    IReadOnlyList<StoredChain> Chains(GroupId group);

    /// <summary>
    /// Events of the kinds in <see cref="EngineKinds.OfAuthority"/>, by chain and seq. The store indexes them as they
    /// are appended, so that opening a group reads them alone.
    /// </summary>
    IReadOnlyList<Event> AuthorityEvents(GroupId group);

    /// <summary>
    /// Appends a run directly after the chain's head; throws <see cref="InvalidOperationException"/> otherwise.
    /// </summary>
    void Append(VerifiedBatch batch);

    /// <summary>Keeps a batch until what it waits for arrives; a batch at the same place is replaced.</summary>
    void Park(ParkedBatch batch);

    /// <summary>Forgets a parked batch; unknown ones are ignored.</summary>
    void Release(GroupId group, ChainId chain, long firstSeq);

    /// <summary>The parked batch at that place; null where there is none.</summary>
    ParkedBatch? FindParked(GroupId group, ChainId chain, long firstSeq);

    /// <summary>All parked batches of a group, by chain and seq.</summary>
    IReadOnlyList<ParkedBatch> Parked(GroupId group);

    /// <summary>Keeps the first proof against a chain; later ones at a higher seq change nothing.</summary>
    void AddFork(StoredFork fork);

    IReadOnlyList<StoredFork> Forks(GroupId group);

    /// <summary>Erases payload and salt; header and signature stay. Unknown positions are ignored.</summary>
    void Erase(GroupId group, Position position);

    /// <summary>
    /// Replaces all events of a chain up to a cut, with their signatures, by those given; what follows the cut stays,
    /// and where nothing does, the cut becomes the head. The chain cannot be read from below its cut afterwards.
    /// </summary>
    void Cut(GroupId group, EditionCut cut, IReadOnlyList<Event> kept);

    /// <summary>
    /// Cuts a chain whose events up to the cut are here: those named go, with all signatures up to there, and the
    /// others stay as they are.
    /// </summary>
    void Thin(GroupId group, EditionCut cut, IReadOnlyList<long> dropped);

    /// <summary>Adds events below a chain's cut to those that the cut has left.</summary>
    void Keep(GroupId group, ChainId chain, IEnumerable<Event> more);

    /// <summary>The events that a chain's cut has left, by seq, after one; at most so many.</summary>
    IReadOnlyList<Event> Kept(GroupId group, ChainId chain, long after, int eventsMax);

    /// <summary>Puts a re-requested payload into a hollow event; the caller has checked its hash.</summary>
    void Fill(GroupId group, Position position, Payload payload);

    /// <summary>A small named value: database uuid, schema version, incarnation, start counter.</summary>
    string? Meta(string key);

    void SetMeta(string key, string value);

    /// <summary>Forgets every write since the last commit.</summary>
    void Rollback();

    /// <summary>Durable when it returns. Throws when the disk refuses; the caller ends the process.</summary>
    void Commit();
}
