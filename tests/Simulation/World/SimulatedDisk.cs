using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>
/// An event store whose transactions are durable once they stand in its journal: a crash forgets what does not.
/// </summary>
/// <remarks>
/// Transactions are whole or absent, as the real store's are; what happens below them, to sectors and files, is the
/// matter of the power-cut tests.
/// </remarks>
internal sealed class SimulatedDisk : IEventStore
{
    private readonly List<Action<IEventStore>[]> _journal;
    private readonly List<Action<IEventStore>[]> _written = [];
    private readonly List<Action<IEventStore>> _open = [];
    private MemoryEventStore _store = new();

    public SimulatedDisk()
        : this([])
    {
    }

    private SimulatedDisk(List<Action<IEventStore>[]> journal)
    {
        _journal = journal;
        Crash();
    }

    /// <summary>Durable transactions.</summary>
    public int Transactions => _journal.Count;

    /// <summary>Sees committed data only.</summary>
    public IEventReader Committed => _store.Committed;

    /// <summary>Starts again from what is durable.</summary>
    public void Crash() => Replay(_journal);

    /// <summary>Puts an earlier state back.</summary>
    public void Restore(int transactions)
    {
        _journal.RemoveRange(transactions, _journal.Count - transactions);
        Crash();
    }

    public SimulatedDisk Copy() => new([.. _journal]);

    /// <summary>What a restore would leave, to look at.</summary>
    public SimulatedDisk CopyOf(int transactions) => new(_journal.GetRange(0, transactions));

    /// <summary>Leaves the fsync of commits to the caller.</summary>
    public bool DefersFsync { get; set; }

    public void Commit()
    {
        if (_open.Count > 0) _written.Add([.. _open]);
        _open.Clear();
        _store.Commit();
        if (!DefersFsync) Fsync();
    }

    /// <summary>Makes everything committed durable.</summary>
    public void Fsync()
    {
        _journal.AddRange(_written);
        _written.Clear();
    }

    /// <summary>
    /// What a retried fsync does on Linux: pages that could not be written count as clean, so it succeeds and nothing
    /// is durable. (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.)
    /// </summary>
    public void LoseWritten() => _written.Clear();

    public IReadOnlyList<StoredGroup> Groups() => _store.Groups();

    public void AddGroup(StoredGroup group) => Write(s => s.AddGroup(group));

    public IReadOnlyList<StoredChain> Chains(GroupId group) => _store.Chains(group);

    public IReadOnlyList<Event> AuthorityEvents(GroupId group) => _store.AuthorityEvents(group);

    public void Append(VerifiedBatch batch) => Write(s => s.Append(batch));

    public void Park(ParkedBatch batch) => Write(s => s.Park(batch));

    public void Release(GroupId group, ChainId chain, long firstSeq) =>
        Write(s => s.Release(group, chain, firstSeq));

    public ParkedBatch? FindParked(GroupId group, ChainId chain, long firstSeq) =>
        _store.FindParked(group, chain, firstSeq);

    public IReadOnlyList<ParkedBatch> Parked(GroupId group) => _store.Parked(group);

    public void AddFork(StoredFork fork) => Write(s => s.AddFork(fork));

    public IReadOnlyList<StoredFork> Forks(GroupId group) => _store.Forks(group);

    public void Erase(GroupId group, Position position) => Write(s => s.Erase(group, position));

    public void Cut(GroupId group, EditionCut cut, IReadOnlyList<Event> kept) => Write(s => s.Cut(group, cut, kept));

    public void Thin(GroupId group, EditionCut cut, IReadOnlyList<long> dropped) =>
        Write(s => s.Thin(group, cut, dropped));

    public void Keep(GroupId group, ChainId chain, IEnumerable<Event> more)
    {
        var kept = more.ToList();
        Write(s => s.Keep(group, chain, kept));
    }

    public IReadOnlyList<Event> Kept(GroupId group, ChainId chain, long after, int eventsMax) =>
        _store.Kept(group, chain, after, eventsMax);

    public void Fill(GroupId group, Position position, Payload payload) =>
        Write(s => s.Fill(group, position, payload));

    public string? Meta(string key) => _store.Meta(key);

    public void SetMeta(string key, string value) => Write(s => s.SetMeta(key, value));

    public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
        _store.Read(group, chain, after, eventsMax, bytesMax);

    public Event? Find(GroupId group, Position position) => _store.Find(group, position);

    public void Rollback()
    {
        _open.Clear();
        _store.Rollback();
    }

    private void Write(Action<IEventStore> write)
    {
        write(_store);
        _open.Add(write);
    }

    private void Replay(List<Action<IEventStore>[]> journal)
    {
        _open.Clear();
        _written.Clear();
        _store = new MemoryEventStore();
        foreach (var transaction in journal)
            foreach (var write in transaction) write(_store);
        _store.Commit();
    }
}
