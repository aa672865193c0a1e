namespace Anarchive.Log;

/// <summary>The event store in memory: the twin that simulations and unit tests use.</summary>
/// <remarks>
/// Holds two states. Writes go to the live one at once and to the durable one at <see cref="Commit"/>, so
/// <see cref="Crash"/> loses what a power cut would.
/// </remarks>
public sealed class MemoryEventStore : IEventStore
{
    private readonly State _durable = new();
    private readonly List<Action<State>> _uncommitted = [];
    private State _live = new();

    public MemoryEventStore() => Committed = new CommittedReader(this);

    /// <summary>Sees committed data only.</summary>
    public IEventReader Committed { get; }

    /// <summary>A power cut: what was not committed is gone.</summary>
    public void Crash() => Rollback();

    public void Rollback()
    {
        _uncommitted.Clear();
        _live = _durable.Copy();
    }

    public IReadOnlyList<StoredGroup> Groups() => [.. _live.Groups.Select(g => g.Group)];

    public void AddGroup(StoredGroup group) => Write(s => s.AddGroup(group));

    public IReadOnlyList<StoredChain> Chains(GroupId group) =>
        _live.Find(group) is { } found ? [.. found.Chains.Select(c => c.Value.ToStored(c.Key))] : [];

    public IReadOnlyList<Event> AuthorityEvents(GroupId group) =>
        _live.Find(group) is { } found
            ? [.. found.Chains.Values.SelectMany(c => c.All())
                .Where(e => EngineKinds.OfAuthority.Contains(e.Header.Kind))]
            : [];

    public void Append(VerifiedBatch batch)
    {
        if (_live.Find(batch.Group) is not { } group)
            throw new InvalidOperationException("The group must be added first.");
        var head = group.Chains.GetValueOrDefault(batch.Chain)?.Head ?? default;
        if (batch.FirstSeq != head.Seq + 1 || batch.Events[0].Header.Prev != head.Id)
            throw new InvalidOperationException("A batch must follow the chain's head directly.");
        Write(s => s.Get(batch.Group).ChainOf(batch.Chain).Append(batch));
    }

    public void Park(ParkedBatch batch)
    {
        _ = _live.Get(batch.Group);
        Write(s => s.Get(batch.Group).Parked[new Position(batch.Chain, batch.FirstSeq)] = batch);
    }

    public void Release(GroupId group, ChainId chain, long firstSeq) =>
        Write(s => s.Find(group)?.Parked.Remove(new Position(chain, firstSeq)));

    public ParkedBatch? FindParked(GroupId group, ChainId chain, long firstSeq) =>
        _live.Find(group)?.Parked.GetValueOrDefault(new Position(chain, firstSeq));

    public IReadOnlyList<ParkedBatch> Parked(GroupId group) =>
        _live.Find(group) is { } found ? [.. found.Parked.Values] : [];

    public void AddFork(StoredFork fork)
    {
        _ = _live.Get(fork.Group);
        Write(s => s.Get(fork.Group).AddFork(fork));
    }

    public IReadOnlyList<StoredFork> Forks(GroupId group) =>
        _live.Find(group) is { } found ? [.. found.Forks.Values] : [];

    public void Erase(GroupId group, Position position) =>
        Write(s => s.ChainOf(group, position.Chain)?.Replace(position.Seq, onlyHollow: false, null));

    public void Cut(GroupId group, EditionCut cut, IReadOnlyList<Event> kept)
    {
        _ = _live.Get(group);
        Write(s => s.Get(group).ChainOf(cut.Chain).CutAt(cut, kept));
    }

    public void Thin(GroupId group, EditionCut cut, IReadOnlyList<long> dropped)
    {
        _ = _live.Get(group);
        Write(s => s.Get(group).ChainOf(cut.Chain).ThinTo(cut, dropped));
    }

    public void Keep(GroupId group, ChainId chain, IEnumerable<Event> more)
    {
        var events = more.ToArray();
        Write(s => s.Get(group).ChainOf(chain).Keep(events));
    }

    public IReadOnlyList<Event> Kept(GroupId group, ChainId chain, long after, int eventsMax) =>
        _live.ChainOf(group, chain)?.Kept(after, eventsMax) ?? [];

    public void Fill(GroupId group, Position position, Payload payload) =>
        Write(s => s.ChainOf(group, position.Chain)?.Replace(position.Seq, onlyHollow: true, payload));

    public string? Meta(string key) => _live.Meta.GetValueOrDefault(key);

    public void SetMeta(string key, string value) => Write(s => s.Meta[key] = value);

    public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
        _live.ChainOf(group, chain)?.Read(after, eventsMax, bytesMax);

    public Event? Find(GroupId group, Position position) =>
        _live.ChainOf(group, position.Chain)?.Find(position.Seq);

    public void Commit()
    {
        foreach (var write in _uncommitted) write(_durable);
        _uncommitted.Clear();
    }

    private void Write(Action<State> write)
    {
        write(_live);
        _uncommitted.Add(write);
    }

    private sealed class CommittedReader(MemoryEventStore store) : IEventReader
    {
        public Batch? Read(GroupId group, ChainId chain, long after, int eventsMax, int bytesMax) =>
            store._durable.ChainOf(group, chain)?.Read(after, eventsMax, bytesMax);

        public Event? Find(GroupId group, Position position) =>
            store._durable.ChainOf(group, position.Chain)?.Find(position.Seq);
    }

    private sealed class State
    {
        private readonly Dictionary<GroupId, GroupState> _byId = [];

        public List<GroupState> Groups { get; } = [];

        public Dictionary<string, string> Meta { get; } = new(StringComparer.Ordinal);

        public void AddGroup(StoredGroup group)
        {
            if (!_byId.TryGetValue(group.Id, out var known)) Add(new GroupState(group));
            else if (known.Chains.Values.All(c => c.Head.Seq == 0)) known.Group = group;
        }

        public GroupState? Find(GroupId group) => _byId.GetValueOrDefault(group);

        public GroupState Get(GroupId group) =>
            Find(group) ?? throw new InvalidOperationException("The group must be added first.");

        public ChainState? ChainOf(GroupId group, ChainId chain) =>
            Find(group)?.Chains.GetValueOrDefault(chain);

        public State Copy()
        {
            var copy = new State();
            foreach (var group in Groups) copy.Add(group.Copy());
            foreach (var (key, value) in Meta) copy.Meta.Add(key, value);
            return copy;
        }

        private void Add(GroupState group)
        {
            Groups.Add(group);
            _byId.Add(group.Group.Id, group);
        }
    }

    private sealed class GroupState(StoredGroup group)
    {
        public StoredGroup Group { get; set; } = group;

        public SortedDictionary<ChainId, ChainState> Chains { get; } = [];

        public SortedDictionary<Position, ParkedBatch> Parked { get; } = [];

        public SortedDictionary<ChainId, StoredFork> Forks { get; } = [];

        public ChainState ChainOf(ChainId chain)
        {
            if (Chains.TryGetValue(chain, out var known)) return known;
            return Chains[chain] = new ChainState();
        }

        public void AddFork(StoredFork fork)
        {
            _ = ChainOf(fork.Chain);
            if (!Forks.TryGetValue(fork.Chain, out var known) || fork.Seq < known.Seq) Forks[fork.Chain] = fork;
        }

        public GroupState Copy()
        {
            var copy = new GroupState(Group);
            foreach (var (id, chain) in Chains) copy.Chains.Add(id, chain.Copy());
            foreach (var (at, parked) in Parked) copy.Parked.Add(at, parked);
            foreach (var (id, fork) in Forks) copy.Forks.Add(id, fork);
            return copy;
        }
    }

    /// <summary>Events by seq; below the cut there are gaps.</summary>
    private sealed class ChainState
    {
        private readonly SortedList<long, Event> _events = [];
        private readonly SortedList<long, ReadOnlyMemory<byte>> _signatures = [];

        public Head Head { get; private set; }

        private Hlc Hlc { get; set; }

        private long Cut { get; set; }

        public void Append(VerifiedBatch batch)
        {
            foreach (var e in batch.Events) _events.Add(e.Header.Seq, new Event(e.Header, e.Payload));
            (Head, Hlc) = (batch.Head, batch.LastHlc);
            _signatures.Add(Head.Seq, batch.Signature);
        }

        public IList<Event> All() => _events.Values;

        public Event? Find(long seq) => _events.GetValueOrDefault(seq);

        public void CutAt(EditionCut cut, IReadOnlyList<Event> kept)
        {
            Drop(_events, cut.Head.Seq);
            foreach (var e in kept) _events.Add(e.Header.Seq, e);
            ThinTo(cut, []);
        }

        public void ThinTo(EditionCut cut, IReadOnlyList<long> dropped)
        {
            foreach (var seq in dropped) _events.Remove(seq);
            Drop(_signatures, cut.Head.Seq);
            if (cut.Head.Seq > Head.Seq) (Head, Hlc) = (cut.Head, cut.Hlc);
            Cut = cut.Head.Seq;
        }

        public void Keep(Event[] more)
        {
            foreach (var e in more) _events.Add(e.Header.Seq, e);
        }

        public IReadOnlyList<Event> Kept(long after, int eventsMax) =>
        [
            .. _events.Values.TakeWhile(e => e.Header.Seq <= Cut).Where(e => e.Header.Seq > after).Take(eventsMax),
        ];

        public void Replace(long seq, bool onlyHollow, Payload? payload)
        {
            if (Find(seq) is { } e && (e.IsHollow || !onlyHollow)) _events[seq] = new Event(e.Header, payload);
        }

        public Batch? Read(long after, int eventsMax, int bytesMax)
        {
            if (after < Cut) return null;
            var run = new List<Event>();
            var (signed, bytes) = (0, 4 + BatchFraming.SignatureBytes);
            var (countMax, sizeMax) = (
                Math.Min(eventsMax, Limits.BatchEventsMax), Math.Min(bytesMax, Limits.BatchBytesMax));
            while (run.Count < countMax && Find(after + run.Count + 1) is { } e)
            {
                bytes += e.FramedBytes;
                if (bytes > sizeMax) break;
                run.Add(e);
                if (_signatures.ContainsKey(e.Header.Seq)) signed = run.Count;
                if (e.Header.Kind == EngineKinds.KeyRotated) break;
            }

            return signed == 0
                ? null
                : new Batch(run.GetRange(0, signed), _signatures[after + signed]);
        }

        public StoredChain ToStored(ChainId chain) => new(chain, Head, Hlc, Cut);

        public ChainState Copy()
        {
            var copy = new ChainState { Head = Head, Hlc = Hlc, Cut = Cut };
            foreach (var (seq, e) in _events) copy._events.Add(seq, e);
            foreach (var (seq, signature) in _signatures) copy._signatures.Add(seq, signature);
            return copy;
        }

        private static void Drop<T>(SortedList<long, T> list, long through)
        {
            foreach (var seq in list.Keys.TakeWhile(seq => seq <= through).ToArray()) list.Remove(seq);
        }
    }
}
