using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>Who may do what in a group: owner 2, moderator 1, otherwise 0, at a (chain, seq). Order-free.</summary>
/// <remarks>
/// Facts are kept as they arrive and judged when asked, because a rebuild reads chain by chain and may meet an
/// admission before the grant it cites. One thread applies; any thread may ask.
/// </remarks>
public sealed class Authority
{
    private ImmutableDictionary<EventRef, Admission> _admissions = ImmutableDictionary<EventRef, Admission>.Empty;
    private ImmutableDictionary<NodeId, ImmutableList<Removal>> _removals =
        ImmutableDictionary<NodeId, ImmutableList<Removal>>.Empty;
    private ImmutableDictionary<EventRef, Grant> _grants = ImmutableDictionary<EventRef, Grant>.Empty;
    private ImmutableDictionary<(NodeId, string), ImmutableList<Removal>> _grantEnds =
        ImmutableDictionary<(NodeId, string), ImmutableList<Removal>>.Empty;

    private ImmutableDictionary<NodeId, VersionVector> _editions = ImmutableDictionary<NodeId, VersionVector>.Empty;

    /// <summary>Grows with every change, so that a fold knows when to judge earlier acts again.</summary>
    public long Version { get; private set; }

    public NodeId Owner { get; private set; }

    public GroupCreated? Genesis { get; private set; }

    /// <summary>The group's first event; the founder's later chains cite it.</summary>
    public EventRef GenesisRef { get; private set; }

    /// <summary>Takes one event; kinds of no concern and inert payloads change nothing.</summary>
    public void Apply(VerifiedEvent e)
    {
        switch (e.Content)
        {
            case GroupCreated genesis when e.Header.IsGenesis:
                // The genesis last: who sees it, on any thread, finds the owner set.
                (Owner, GenesisRef) = (e.Header.Origin, e.Ref);
                Genesis = genesis;
                break;
            case NodeAdmitted admitted when NodeId.TryParse(admitted.InstanceId, out var node)
                && Base64UrlText.TryDecode(admitted.Inception, out var inception):
                _admissions = _admissions.SetItem(e.Ref, new Admission(node, inception, e.Header));
                break;
            case NodeRemoved removed when NodeId.TryParse(removed.InstanceId, out var node)
                && AfterMap(removed.After) is { } after:
                _removals = With(_removals, node, new Removal(e.Header, after));
                break;
            case ModeratorChanged { Action: "add" } added when Subject(added.Subject) is { } subject:
                _grants = _grants.SetItem(e.Ref, new Grant(subject, e.Header));
                break;
            case ModeratorChanged { Action: "remove" } ended when Subject(ended.Subject) is { } subject
                && AfterMap(ended.After ?? []) is { } after:
                _grantEnds = With(_grantEnds, subject, new Removal(e.Header, after));
                break;
            case EditionPublished edition when Wire.TryReadHeads(edition.Vector) is { } heads:
                var vector = VersionVector.From(heads);
                var known = _editions.GetValueOrDefault(e.Header.Origin, VersionVector.Empty);
                _editions = _editions.SetItem(e.Header.Origin, known.Join(vector));
                break;
            default:
                return;
        }

        Version++;
    }

    /// <summary>
    /// The rank of an act: 2 where its origin owns the group; 1 where <paramref name="grant"/> refers to a valid
    /// <c>moderator_changed</c> that adds (origin, <paramref name="agentId"/>) and no later removal ended it before
    /// this seq; otherwise 0. Needs no payload but the actor's name, so it still evaluates after erasure.
    /// </summary>
    public int RankAt(EventHeader act, string agentId, EventRef? grant)
    {
        if (act.Origin == Owner) return 2;
        return grant is { } cited && IsInForce(cited, (act.Origin, agentId), act.Chain, act.Seq) ? 1 : 0;
    }

    /// <summary>The newest grant an agent could cite now; null where it has none in force.</summary>
    public EventRef? GrantOf(NodeId origin, string agentId)
    {
        EventRef? newest = null;
        EventHeader? at = null;
        foreach (var (reference, grant) in _grants)
        {
            if (grant.Subject != (origin, agentId) || grant.Writer.Origin != Owner) continue;
            if (EndsAfter(grant.Subject, grant.Writer).Any()) continue;
            if (at is null || IsLater(grant.Writer, at)) (newest, at) = (reference, grant.Writer);
        }

        return newest;
    }

    /// <summary>Agents whose moderator grant is in force now, in no particular order.</summary>
    public IEnumerable<(NodeId Origin, string AgentId)> Moderators() =>
        _grants.Values
            .Where(g => g.Writer.Origin == Owner && !EndsAfter(g.Subject, g.Writer).Any())
            .Select(g => g.Subject)
            .Distinct();

    /// <summary>
    /// The admission a chain cites, where it names this node and its writer may admit. Removing the moderator who
    /// wrote it later changes nothing here: intake never takes back what it accepted.
    /// </summary>
    public Hash256? InceptionAdmitted(EventRef admission, NodeId node) =>
        _admissions.TryGetValue(admission, out var a) && a.Node == node && MayAdmit(a.Writer) ? a.Inception : null;

    /// <summary>An admission of that node that stands: not followed by its removal.</summary>
    public EventRef? AdmissionOf(NodeId node)
    {
        foreach (var (reference, admission) in _admissions.OrderBy(a => a.Key))
        {
            if (admission.Node != node || !MayAdmit(admission.Writer)) continue;
            if (!RemovalsAfter(node, admission.Writer).Any()) return reference;
        }

        return null;
    }

    /// <summary>True for the owner and for every admitted node that has not been removed since.</summary>
    public bool IsMember(NodeId node) => Genesis is not null && (node == Owner || AdmissionOf(node) is not null);

    /// <summary>Owner first, then admitted nodes.</summary>
    public IEnumerable<NodeId> Members() =>
        Genesis is null ? [] : _admissions.Values.Select(a => a.Node).Append(Owner).Distinct().Where(IsMember);

    /// <summary>
    /// The last seq of a chain that a removal leaves standing, for a chain opened under
    /// <paramref name="admission"/>; null where no later removal names its node.
    /// </summary>
    public long? LastSeqStanding(ChainId chain, EventRef? admission)
    {
        if (admission is not { } cited || !_admissions.TryGetValue(cited, out var a)) return null;
        long? last = null;
        foreach (var removal in RemovalsAfter(chain.Origin, a.Writer))
        {
            var after = removal.After.GetValueOrDefault(chain);
            if (last is null || after < last) last = after;
        }

        return last;
    }

    /// <summary>
    /// The last seq of a chain that an edition of the owner's covers: what it holds stands, whatever is found out
    /// about the chain later. 0 where none does.
    /// </summary>
    public long FloorOf(ChainId chain) => _editions.TryGetValue(Owner, out var cut) ? cut.SeqOf(chain) : 0;

    /// <summary>Reads an <c>after</c> list: chain to last accepted seq. Null when malformed.</summary>
    public static ImmutableDictionary<ChainId, long>? AfterMap(IReadOnlyList<ChainSeq> after)
    {
        var map = ImmutableDictionary.CreateBuilder<ChainId, long>();
        foreach (var entry in after)
        {
            // The serializer lets a null stand in a list.
            if (entry is null || !NodeId.TryParse(entry.Origin, out var origin)) return null;
            if (!Incarnation.TryParse(entry.Incarnation, out var incarnation)) return null;
            if (entry.Seq is < 0 or > Limits.SeqMax || !map.TryAdd(new ChainId(origin, incarnation), entry.Seq))
                return null;
        }

        return map.ToImmutable();
    }

    private static (NodeId, string)? Subject(AgentSubject subject) =>
        NodeId.TryParse(subject.InstanceId, out var node) ? (node, subject.AgentId) : null;

    private static ImmutableDictionary<TKey, ImmutableList<Removal>> With<TKey>(
        ImmutableDictionary<TKey, ImmutableList<Removal>> removals, TKey key, Removal removal)
        where TKey : notnull
    {
        var known = removals.GetValueOrDefault(key, []);
        return removals.SetItem(key, known.Add(removal));
    }

    private static bool IsLater(EventHeader left, EventHeader right)
    {
        if (left.Hlc != right.Hlc) return left.Hlc > right.Hlc;
        return new Position(left.Chain, left.Seq).CompareTo(new Position(right.Chain, right.Seq)) > 0;
    }

    private bool MayAdmit(EventHeader writer)
    {
        if (writer.Origin == Owner) return true;
        return Genesis is { ModeratorsAdmit: true }
            && writer.Refs.Count > 0
            && _grants.TryGetValue(writer.Refs[0], out var grant)
            && grant.Writer.Origin == Owner
            && grant.Subject.Origin == writer.Origin;
    }

    private bool IsInForce(EventRef cited, (NodeId, string) subject, ChainId chain, long seq)
    {
        if (!_grants.TryGetValue(cited, out var grant)) return false;
        if (grant.Subject != subject || grant.Writer.Origin != Owner) return false;
        return EndsAfter(subject, grant.Writer).All(end => seq <= end.After.GetValueOrDefault(chain));
    }

    private IEnumerable<Removal> EndsAfter((NodeId, string) subject, EventHeader grant) =>
        _grantEnds.GetValueOrDefault(subject, [])
            .Where(end => end.Writer.Origin == Owner && IsLater(end.Writer, grant));

    private IEnumerable<Removal> RemovalsAfter(NodeId node, EventHeader admission) =>
        _removals.GetValueOrDefault(node, [])
            .Where(removal => removal.Writer.Origin == Owner && IsLater(removal.Writer, admission));

    private sealed record Admission(NodeId Node, Hash256 Inception, EventHeader Writer);

    private sealed record Grant((NodeId Origin, string AgentId) Subject, EventHeader Writer);

    private sealed record Removal(EventHeader Writer, ImmutableDictionary<ChainId, long> After);
}
