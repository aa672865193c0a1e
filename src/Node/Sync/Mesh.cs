using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>This node's peers and the acts its owner has on them.</summary>
public sealed class Mesh
{
    private readonly LogWriter _writer;
    private readonly PeerBook _peers;
    private readonly PeerLoop _loop;
    private readonly HiveNames _names;
    private readonly Sharing _sharing;
    private readonly RingBook _rings;
    private readonly MeshActs _acts;
    private readonly GroupCompactor _compactor;
    private readonly Countersigning _countersigning;

    internal Mesh(
        LogWriter writer, PeerBook peers, PeerLoop loop, HiveNames names, MeshActs acts, GroupCompactor compactor,
        Countersigning countersigning, Sharing sharing, RingBook rings)
    {
        (_sharing, _countersigning, _rings) = (sharing, countersigning, rings);
        (_writer, _peers, _loop, _names, _acts, _compactor) = (writer, peers, loop, names, acts, compactor);
    }

    public MeshView View()
    {
        var names = new Dictionary<GroupId, string>();
        var links = _loop.Links.ToDictionary(l => l.Peer);
        var peers = new List<PeerView>();
        var proved = true;
        foreach (var known in _peers.All)
        {
            var look = links.TryGetValue(known.Id, out var link)
                ? link.Look(s => new Look(s.Contact, s.HeardMs, s.Failures, s.IsError, link.OnlyCalls, s.Lanes))
                : new Look(Contact.New, null, 0, false, false, []);
            // What a friend may read and does not ask for is no lag of theirs.
            look = look with
            {
                Lanes = [.. look.Lanes.Where(l => l.Theirs is not null || _sharing.Expects(l.Group, known.Id))],
            };
            var removed = look.Lanes.Where(l => _sharing.SaysRemoved(l.Group, known.Id)).Select(l => l.Group).ToArray();
            var frozen = look.Lanes.Any(l => _writer.Holds(l.Group) && _writer.AuthorityOf(l.Group).IsFrozen(known.Id));
            proved &= !frozen && look.Lanes.All(l => l.Theirs is not null);
            peers.Add(Describe(known, look, frozen, removed, names));
        }

        var inStep = peers.Count(p => p.State == PeerState.InStep);
        var warning = MeshVerdict.Warning(
            _writer.SeesCopy,
            Named(g => _writer.StandingIn(g) == Refusal.ChainFrozen),
            Named(_countersigning.Disputes));
        var verdict = MeshVerdict.Of(peers, proved);
        return new MeshView(
            MeshVerdict.Joined(warning, verdict),
            warning,
            inStep,
            peers.Count(p => p.State != PeerState.Paused),
            [.. peers.OrderBy(p => p.State == PeerState.InStep).ThenBy(p => p.Id)]);

        string[] Named(Func<GroupId, bool> which) =>
            [.. _writer.Groups().Where(g => which(g.Id)).Select(g => NameOf(g.Id, names))];
    }

    /// <summary>
    /// How far an event has travelled, by the durable vectors peers have told us. Who said that it left is waited for
    /// no more.
    /// </summary>
    public ReachView Reach(GroupId group, Position position)
    {
        if (_sharing.HasLeft(group)) return new ReachView(0, 0);
        var there = _writer.Members(group).Select(_loop.Find)
            .Where(link => link?.Look(s => s.HasLeft(group)) != true).ToList();
        var reached = there.Count(link =>
            link?.Look(s => s.TheirsOf(group)) is { } theirs && theirs.SeqOf(position.Chain) >= position.Seq);
        return new ReachView(reached, there.Count);
    }

    public Task<(InviteView? Invite, Problem? Problem)> InviteAsync(string hive, CancellationToken cancellation) =>
        _acts.InviteAsync(hive, cancellation);

    /// <summary>Whether this node may let others into a hive.</summary>
    public bool MayInvite(GroupId group) => _acts.MayInvite(group);

    /// <summary>Redeems a pasted invite: proves both keys, joins the group and starts the backfill.</summary>
    public Task<JoinOutcome> JoinAsync(string inviteText, string? localName, CancellationToken cancellation) =>
        _acts.JoinAsync(inviteText, localName, cancellation);

    /// <summary>Ends this node's part in a group: pushes its tail, tells peers; local data stays.</summary>
    public Task<Problem?> LeaveAsync(string hive, CancellationToken cancellation) =>
        _acts.LeaveAsync(hive, cancellation);

    /// <summary>
    /// Takes part again in a hive that this node left, as what it was there; durable when it returns. Codes: not_found,
    /// not_left, not_a_member.
    /// </summary>
    public Task<Problem?> RejoinAsync(string hive, CancellationToken cancellation) =>
        _acts.RejoinAsync(hive, cancellation);

    /// <summary>Ends this node's part in a group that is no hive.</summary>
    internal Task LeaveAsync(GroupId group, CancellationToken cancellation) => _acts.LeaveAsync(group, cancellation);

    /// <summary>Replaces a hive's log here by an edition; a dry run only says what that would do.</summary>
    public Task<(Compaction? Done, Problem? Problem)> CompactAsync(
        string hive, bool dryRun, bool force, CancellationToken cancellation) =>
        _compactor.CompactAsync(hive, dryRun, force, cancellation);

    /// <summary>Tries a peer at once.</summary>
    public Problem? Retry(NodeId peer) => _peers.Find(peer) is null || !_loop.TryNow(peer)
        ? Problem.NotFound("peer")
        : null;

    /// <summary>Per ring and application, events that the farthest peer, as last heard, lacks.</summary>
    internal IReadOnlyDictionary<(string Ring, string App), long> Lags()
    {
        var groups = _writer.Groups().ToDictionary(g => g.Id);
        var lags = groups.Values.Select(g => (g.Ring, g.Kind)).Distinct().ToDictionary(key => key, _ => 0L);
        foreach (var link in _loop.Links)
        {
            var lanes = link.Look(s => s.Lanes).Where(l => l is { Left: false, Theirs: not null });
            foreach (var some in lanes.Where(l => groups.ContainsKey(l.Group))
                         .GroupBy(l => (groups[l.Group].Ring, groups[l.Group].Kind)))
                lags[some.Key] = Math.Max(lags[some.Key], some.Sum(l => l.Ours.EventsAheadOf(l.Theirs!)));
        }

        return lags;
    }

    private PeerView Describe(
        KnownPeer known, Look look, bool frozen, GroupId[] removed, Dictionary<GroupId, string> names)
    {
        var silence = SilenceOf(look);
        var groups = look.Lanes.Select(l => Describe(l, silence is null, names)).ToList();
        var (behind, ahead) = (groups.Sum(g => g.BehindBy), groups.Sum(g => g.AheadBy));
        var (state, why, remedy) = Judge(known.Id, look, silence, frozen, behind, ahead);
        if (removed.Length > 0)
            (state, why, remedy) = (
                PeerState.Stalled,
                RemovedFrom(groups.Where(g => removed.Contains(g.Group)).Select(g => g.Name)),
                "Ask the hive's owner for an invite.");
        if (known.IsPaused)
            (state, why, remedy) = (
                PeerState.Paused, "Paused here: nothing is exchanged with it until you resume it.", "");
        var shown = known.Current ?? PeerPrecedence.Next(known.Entries);
        return new PeerView(
            known.Id,
            _rings.Find(known.Id)?.Name ?? known.Id.ToString()[..9],
            shown?.Endpoint.ToString(),
            state,
            why,
            remedy,
            behind,
            ahead,
            _loop.WallMs(look.HeardMs) ?? known.HeardMs,
            look.Failures,
            shown is null ? "" : PeerAddressView.Name(shown.Source),
            groups,
            [.. known.Entries.Select(e => PeerAddressView.Of(e, e == known.Current))],
            _rings.Find(known.Id) is { EndedMs: null } paired ? PairedRing(paired.Kind) : "members")
        {
            IsHeard = silence is null,
            ClockAheadMs = _loop.Find(known.Id)?.ClockAheadMs,
        };
    }

    private PeerGroupView Describe(LaneView lane, bool isHeard, Dictionary<GroupId, string> names)
    {
        var theirs = lane.Theirs ?? VersionVector.Empty;
        var (behind, ahead) = (
            lane.Left ? 0 : lane.Ours.EventsAheadOf(theirs), theirs.EventsAheadOf(lane.Ours));
        return new PeerGroupView(lane.Group, NameOf(lane.Group, names), behind, ahead, lane.ParkedThere, lane.Left)
        {
            Why = CauseOf(lane, isHeard, behind, ahead),
        };
    }

    /// <summary>In the order in which <see cref="Judge"/> looks, so that group and peer say the same.</summary>
    /// <param name="isHeard">False where it is out of reach: then all is of when it was last heard.</param>
    internal static Sentence CauseOf(LaneView lane, bool isHeard, long behind, long ahead) => lane switch
    {
        { Left: true } => (Sentence)"It has left the group.",
        { Theirs: null } => "It has not said yet what it holds.",
        _ when behind == 0 && ahead == 0 => "",
        { RefusedThere: > 0 } when isHeard => "It refuses some of our events.",
        { RefusedThere: > 0 } => "It refused some of our events, as last heard.",
        { ParkedThere: > 0 } when isHeard => "It parks some of our events.",
        { ParkedThere: > 0 } => "It parked some of our events, as last heard.",
        { Dropped: true } when isHeard => "It offers events but does not deliver them.",
        { Dropped: true } => "It offered events but did not deliver them, as last heard.",
        _ when behind > 0 && isHeard => "It is receiving events.",
        _ when behind > 0 => "It lacks events, as last heard.",
        _ when isHeard => "It is sending events.",
        _ => "It has events that are not here, as last heard.",
    };

    private static Sentence RemovedFrom(IEnumerable<string> names) =>
        $"It says this node was removed from {string.Join(", ", names)} (not_a_member): ask the owner for an invite.";

    private static string PairedRing(InviteKind kind) => kind == InviteKind.Device ? "fleet" : "friends";

    private string NameOf(GroupId group, Dictionary<GroupId, string> names)
    {
        if (!names.TryGetValue(group, out var name))
            names[group] = name = _names.Of(group) ?? group.ToString()[..9];
        return name;
    }

    /// <summary>Why it is out of reach; null where it is heard.</summary>
    private Sentence? SilenceOf(Look look)
    {
        if (look.HeardMs is null) return "It has not answered yet.";
        // Behind a firewall that lets only its own calls through, it speaks and cannot be dialled.
        var calls = look.OnlyCalls && _loop.NowMs - look.HeardMs <= 3 * Limits.HeartbeatMs;
        if (look.IsError && !calls) return "It has not answered ten times; tried every ten minutes.";
        if (look.Contact == Contact.Down && !calls) return "It does not answer; trying again.";
        if (_loop.NowMs - look.HeardMs > Limits.SilentMs) return "Silent for five minutes.";
        return null;
    }

    private (PeerState State, Sentence Why, Sentence Remedy) Judge(
        NodeId peer, Look look, Sentence? silence, bool frozen, long behind, long ahead)
    {
        if (frozen)
            return (PeerState.Frozen, "It signed two histories; its chain ends before the second.",
                "Tell its owner to stop every copy but one and to run group resume.");
        if (silence is not null)
            return (PeerState.OutOfReach, silence, "See that it runs and can be reached; it is tried again by itself.");
        if (look.Lanes.Count == 0 && _rings.Holds(peer)) return (PeerState.InStep, "", "");
        if (look.Lanes.Count == 0)
            return (PeerState.Stalled, "No group is shared with it now.", "Invite it to a hive, or forget it.");
        if (look.Lanes.Any(l => l.Theirs is null))
            return (PeerState.CatchingUp, "It has not said yet what it holds.", "");
        if (behind == 0 && ahead == 0) return (PeerState.InStep, "", "");
        if (look.Lanes.Any(l => l.RefusedThere > 0))
            return (PeerState.Stalled, "It refuses some events.", "Ask its owner what its log says of them.");
        if (look.Lanes.Any(l => l.ParkedThere > 0))
            return (PeerState.Stalled, "It parks some events.", "Run doctor here and there: a clock may be off.");
        if (look.Lanes.Any(l => l.Dropped))
            return (PeerState.Stalled, "It offers events but does not deliver them.", "Ask its owner to run doctor.");
        if (behind > 0) return (PeerState.CatchingUp, "It is receiving events.", "");
        return (PeerState.CatchingUp, "It is sending events.", "");
    }

    private sealed record Look(
        Contact Contact, long? HeardMs, int Failures, bool IsError, bool OnlyCalls, IReadOnlyList<LaneView> Lanes);
}
