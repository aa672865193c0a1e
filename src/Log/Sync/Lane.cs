namespace Anarchive.Log;

/// <summary>One shared group with one peer: what each side holds, what is under way, what to do next.</summary>
/// <remarks>
/// The peer's vector moves only by what the peer itself says or sends. Every loop is bounded: an answer to a pull that
/// moves nothing is counted, and after <see cref="Limits.IdleAnswersMax"/> of them the source is dropped until the next
/// heartbeat; a pushed chain that does not move is held back until we hold more of it, a refused one until the next
/// heartbeat.
/// </remarks>
internal sealed class Lane(GroupId group, NodeId peer, Sources sources, VersionVector ours)
{
    // One fetch on the wire while intake works on the two before it: 4 to 12 batches in flight.
    private const int BodiesInFlightMax = 3;

    private readonly Dictionary<ChainId, long> _fetched = [];
    private readonly HashSet<ChainId> _refusedHere = [];

    // What the peer is sending us right now need not be sent back.
    private readonly Dictionary<ChainId, long> _offered = [];

    // Chains not to push while we hold no more than this of them.
    private readonly Dictionary<ChainId, long> _heldBack = [];
    private readonly HashSet<ChainId> _setBack = [];
    private long _fetching;
    private int _storing;
    private int _idlePulls;
    private bool _moved;
    private long _pushing;
    private long _pushNotBeforeMs;
    private bool _resting;
    private WireCredit _credit = WireCredit.Full;

    public GroupId Group { get; } = group;

    public VersionVector Ours { get; private set; } = ours;

    /// <summary>As last heard; null before the peer said anything.</summary>
    public VersionVector? Theirs { get; private set; }

    /// <summary>What the peer has confirmed to have heard of ours.</summary>
    public VersionVector Told { get; set; } = VersionVector.Empty;

    public int ParkedThere { get; private set; }

    /// <summary>Chains the peer refuses, since the last heartbeat.</summary>
    public int RefusedThere { get; private set; }

    public bool Left { get; set; }

    /// <summary>The peer's source role was given up after answers without progress.</summary>
    public bool Dropped => _idlePulls >= Limits.IdleAnswersMax;

    /// <summary>True when a status request is on its way.</summary>
    public bool AsksStatus { get; set; }

    /// <summary>The peer lacks more than a push carries and has not heard so: let it pull.</summary>
    public bool NeedsNudge { get; private set; }

    /// <summary>There is something to push and no credit: ask again soon.</summary>
    public bool AwaitsCredit { get; private set; }

    /// <summary>A series of pulls has just ended with progress: tell the peer what is durable here.</summary>
    public bool Finished { get; private set; }

    public GroupBeat Beat() => new(Group, Ours.Digest(), [.. Ours.ChangedSince(Told)]);

    /// <summary>True where a fork or a removal took back some of what was held.</summary>
    public bool Flushed(VersionVector ours)
    {
        var tookBack = Ours.IsAheadOf(ours);
        Ours = ours;
        return tookBack;
    }

    /// <summary>The peer's vector, whole. Ends every rest: the facts are new.</summary>
    public void Heard(VersionVector theirs)
    {
        Theirs = theirs;
        Wake();
    }

    /// <summary>False when the digest does not match: the whole vector is needed.</summary>
    public bool Heard(GroupBeat beat)
    {
        _credit = beat.Credit ?? _credit;
        var theirs = Apply(Theirs ?? VersionVector.Empty, beat.Changed);
        if (theirs.Digest() != beat.Digest) return false;
        Heard(theirs);
        return true;
    }

    public void Offered(IReadOnlyList<Position> ends)
    {
        foreach (var end in ends)
            if (end.Seq > _offered.GetValueOrDefault(end.Chain)) _offered[end.Chain] = end.Seq;
    }

    /// <summary>Events the peer sent are events it holds.</summary>
    public void Delivered(IReadOnlyList<KeyValuePair<ChainId, Head>> heads)
    {
        var theirs = Theirs ?? VersionVector.Empty;
        foreach (var (chain, head) in heads)
            if (head.Seq > theirs.SeqOf(chain)) theirs = theirs.With(chain, head);
        if (Theirs is not null) Theirs = theirs;
    }

    public void Fetched(Effect.Pull pull, IReadOnlyList<Position> ends)
    {
        if (pull.Id != _fetching) return;
        _fetching = 0;
        if (ends.Count == 0)
        {
            _idlePulls++;
            return;
        }

        _storing++;
        Offered(ends);
        foreach (var end in ends)
            if (end.Seq > After(end.Chain)) _fetched[end.Chain] = end.Seq;
    }

    public void Stored(Effect.Pull pull, VersionVector ours, IReadOnlyList<ChainId> refused)
    {
        _storing = Math.Max(0, _storing - 1);
        var moved = pull.Wants.Any(w => ours.SeqOf(w.Chain) > w.After);
        _idlePulls = moved ? 0 : _idlePulls + 1;
        _moved |= moved;
        Ours = ours;
        _refusedHere.UnionWith(refused);
    }

    public void PushAnswered(Input.PushAnswered answer)
    {
        if (answer.Push.Id == _pushing) _pushing = 0;
        _credit = answer.Credit ?? _credit;
        var before = Theirs ?? VersionVector.Empty;
        Theirs = Apply(before, answer.Theirs);
        ParkedThere = answer.Parked.Count;
        RefusedThere += answer.Refused.Count;
        foreach (var (chain, after) in answer.Push.Runs)
        {
            var now = Theirs.SeqOf(chain);
            if (answer.Refused.Contains(chain)) _heldBack[chain] = long.MaxValue;
            else if (now < after && _setBack.Add(chain)) continue;
            else if (now <= after) _heldBack[chain] = answer.Push.Ours.SeqOf(chain);
        }
    }

    public void Failed(Effect what, Failure why, long notBeforeMs)
    {
        if (what is Effect.Pull pull)
        {
            if (pull.Id == _fetching) _fetching = 0;
            else _storing = Math.Max(0, _storing - 1);
            _fetched.Clear();
        }

        if (what is Effect.Push push && push.Id == _pushing) _pushing = 0;
        if (what is Effect.FetchStatus) AsksStatus = false;
        if (why == Failure.NotFound) _resting = true;
        if (why == Failure.Throttled) _pushNotBeforeMs = notBeforeMs;
    }

    /// <summary>Everything under way is lost; the next exchange starts from what is durable.</summary>
    public void Reset()
    {
        (_fetching, _storing, _pushing, AsksStatus) = (0, 0, 0, false);
        _fetched.Clear();
    }

    /// <summary>When throttled, the time to try again.</summary>
    public long? WakeAtMs(long nowMs) => _pushNotBeforeMs > nowMs ? _pushNotBeforeMs : null;

    public void Next(Moment at, ref long ids, List<Effect> effects)
    {
        Finished = false;
        if (Theirs is null || Left || _resting)
        {
            if (sources.Free(Group, peer)) effects.Add(new Effect.SourceFree(Group));
            return;
        }

        NextPull(at, ref ids, effects);
        NextPush(at, ref ids, effects);
    }

    private void NextPull(Moment at, ref long ids, List<Effect> effects)
    {
        if (_fetching != 0 || _storing >= BodiesInFlightMax || _pushNotBeforeMs > at.Ms) return;
        var wants = Dropped ? [] : Wants();
        if (wants.Count == 0 && _storing == 0 && !Dropped && _fetched.Count > 0)
        {
            // All that was fetched is stored or set aside; what is still missing is asked for again, and counted.
            _fetched.Clear();
            wants = Wants();
        }

        if (wants.Count == 0)
        {
            if (_storing == 0 && sources.Free(Group, peer))
            {
                (Finished, _moved) = (_moved, false);
                effects.Add(new Effect.SourceFree(Group));
            }

            return;
        }

        if (!sources.TryTake(Group, peer)) return;
        _fetching = ++ids;
        effects.Add(new Effect.Pull(_fetching, Group, wants, Limits.CreditEvents, Limits.CreditBytes));
    }

    private void NextPush(Moment at, ref long ids, List<Effect> effects)
    {
        (NeedsNudge, AwaitsCredit) = (false, false);
        if (_pushing != 0 || _pushNotBeforeMs > at.Ms) return;
        var runs = new List<Want>();
        long lag = 0;
        foreach (var (chain, head) in Ours.Heads)
        {
            var theirs = Math.Max(Theirs!.SeqOf(chain), _offered.GetValueOrDefault(chain));
            if (head.Seq <= theirs || head.Seq <= _heldBack.GetValueOrDefault(chain)) continue;
            lag += head.Seq - theirs;
            if (runs.Count < Limits.WantsMax) runs.Add(new Want(chain, theirs));
        }

        if (runs.Count == 0) return;
        if (lag > Limits.PushLagMax)
        {
            NeedsNudge = Ours.ChangedSince(Told).Any();
            return;
        }

        AwaitsCredit = !_credit.AllowsPush;
        if (AwaitsCredit) return;
        _pushing = ++ids;
        effects.Add(new Effect.Push(
            _pushing,
            Group,
            runs,
            Ours,
            Math.Min(_credit.Events, Limits.CreditEvents),
            Math.Min(_credit.Bytes, Limits.CreditBytes)));
    }

    /// <summary>What the peer advertises beyond what we hold or have fetched; the peer's own chains first.</summary>
    private List<Want> Wants()
    {
        var wants = new List<Want>();
        foreach (var (chain, head) in Theirs!.Heads)
        {
            var after = After(chain);
            if (head.Seq > after && !_refusedHere.Contains(chain)) wants.Add(new Want(chain, after));
        }

        wants.Sort((a, b) =>
        {
            var own = (b.Chain.Origin == peer).CompareTo(a.Chain.Origin == peer);
            return own != 0 ? own : a.Chain.CompareTo(b.Chain);
        });
        if (wants.Count > Limits.WantsMax) wants.RemoveRange(Limits.WantsMax, wants.Count - Limits.WantsMax);
        return wants;
    }

    private long After(ChainId chain) => Math.Max(Ours.SeqOf(chain), _fetched.GetValueOrDefault(chain));

    private void Wake()
    {
        (_idlePulls, _resting, RefusedThere) = (0, false, 0);
        _refusedHere.Clear();
        _heldBack.Clear();
        _offered.Clear();
        _setBack.Clear();
    }

    private static VersionVector Apply(
        VersionVector vector, IReadOnlyList<KeyValuePair<ChainId, Head>> changed)
    {
        foreach (var (chain, head) in changed)
            vector = head.Seq > 0 ? vector.With(chain, head) : vector.Without(chain);
        return vector;
    }
}
