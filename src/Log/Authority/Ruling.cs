using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>
/// The judgement of a group's facts: who owned it when, which chains end where, who is a member.
/// </summary>
/// <remarks>
/// <para>
/// Nodes refuse events past a chain's end, so what one node holds another may never see. The judgement therefore
/// counts no event that does not stand, and is built in layers, each on those before it alone: keys and forks end
/// chains; then owners follow one another; then removals end the chains of others; then admissions count. So equal
/// sets of standing events give equal judgements, whatever came first.
/// </para>
/// <para>Any thread may ask.</para>
/// </remarks>
internal sealed partial class Ruling
{
    // Admissions cite admissions no deeper than people invite one another; more is an attempt at a circle.
    private const int DepthMax = 64;

    private readonly Facts _facts;
    private readonly List<Reign> _reigns = [];
    private readonly ConcurrentDictionary<ChainId, long> _byKeys = new();
    private readonly ConcurrentDictionary<ChainId, ChainEnd> _ends = new();
    private readonly ConcurrentDictionary<NodeId, bool> _members = new();
    private readonly Dictionary<ChainId, long> _pins = [];
    private VersionVector _floors = VersionVector.Empty;

    public Ruling(Facts facts)
    {
        _facts = facts;
        if (facts.GenesisHeader is not { } genesis) return;
        _reigns.Add(new Reign(genesis.Origin, ImmutableDictionary<ChainId, long>.Empty, null, []));
        Raise();
        FollowOwners();
        foreach (var reign in _reigns)
        {
            foreach (var (chain, seq) in reign.Until ?? []) Pin(chain, seq);
            foreach (var e in reign.Basis) Pin(e, 0);
        }
    }

    public Facts Facts => _facts;

    public NodeId Owner => _reigns.Count == 0 ? default : _reigns[^1].Owner;

    public IReadOnlyList<Reign> Reigns => _reigns;

    public VersionVector Floors => _floors;

    /// <summary>True where the writer owned the group at that place.</summary>
    public bool Rules(EventHeader act) => Rules(new Position(act.Chain, act.Seq));

    public bool Rules(Position act)
    {
        foreach (var reign in _reigns)
            if (reign.Holds(act)) return true;
        return false;
    }

    /// <summary>An owner's act that no fork and no newer key takes back.</summary>
    public bool RulesAndStands(EventHeader act) => Rules(act) && Stands(act, _reigns.Count);

    public bool MayAdmit(EventHeader writer)
    {
        if (Rules(writer)) return true;
        return _facts.Genesis is { ModeratorsAdmit: true }
            && writer.Refs.Count > 0
            && _facts.Grants.TryGetValue(writer.Refs[0], out var grant)
            && RulesAndStands(grant.Writer)
            && grant.Subject.Origin == writer.Origin;
    }

    /// <summary>The admission, where it was its writer's to make and stands.</summary>
    public Admission? Admitted(EventRef reference, int depth = 0) =>
        _facts.Admissions.TryGetValue(reference, out var admission)
            && MayAdmit(admission.Writer) && IsSeen(admission.Writer, depth)
            ? admission
            : null;

    /// <summary>The first admission of that node that stands and that no removal followed.</summary>
    public EventRef? AdmissionOf(NodeId node)
    {
        foreach (var reference in _facts.AdmissionsOf.GetValueOrDefault(node, []))
            if (Admitted(reference) is { } admission && !RemovalsAfter(node, admission.Writer).Any()) return reference;
        return null;
    }

    public bool IsMember(NodeId node) => _members.GetOrAdd(
        node,
        n => _facts.GenesisHeader is { } genesis
            && (n == Owner
                || AdmissionOf(n) is not null
                || (n == genesis.Origin && !RemovalsAfter(n, genesis).Any())));

    /// <summary>True where that node was a member once and was removed.</summary>
    public bool WasRemoved(NodeId node) =>
        !IsMember(node) && _facts.Removals.GetValueOrDefault(node, []).Any(r => RulesAndStands(r.Writer));

    /// <summary>Removals of a node by an owner other than itself, later than its admission.</summary>
    public IEnumerable<Ended> RemovalsAfter(NodeId node, EventHeader admission) =>
        _facts.Removals.GetValueOrDefault(node, []).Where(
            removal => removal.Writer.Origin != node
                && RulesAndStands(removal.Writer) && IsLater(removal.Writer, admission));

    /// <summary>The ends of an agent's grant, later than the grant itself.</summary>
    public IEnumerable<Ended> EndsAfter((NodeId, string) subject, EventHeader grant) =>
        _facts.GrantEnds.GetValueOrDefault(subject, [])
            .Where(end => RulesAndStands(end.Writer) && IsLater(end.Writer, grant));

    public bool IsInForce(EventRef cited, (NodeId, string) subject, EventHeader act) =>
        _facts.Grants.TryGetValue(cited, out var grant)
        && grant.Subject == subject
        && RulesAndStands(grant.Writer)
        && EndsAfter(subject, grant.Writer).All(end => act.Seq <= end.After.GetValueOrDefault(act.Chain));

    /// <summary>True where nothing that is known takes the event back.</summary>
    public bool IsSeen(EventHeader e) => IsSeen(e, 0);

    public static bool IsLater(EventHeader left, EventHeader right)
    {
        if (left.Hlc != right.Hlc) return left.Hlc > right.Hlc;
        return left.Ref.Position.CompareTo(right.Ref.Position) > 0;
    }

    /// <summary>What an owner's editions cover stands, whatever is found out about a chain later.</summary>
    private void Raise()
    {
        _floors = VersionVector.Empty;
        foreach (var edition in _facts.Editions)
            if (Rules(edition.Writer)) _floors = _floors.Join(edition.Vector);
    }

    private void Pin(EventHeader e, int depth)
    {
        Pin(e.Chain, e.Seq);
        if (depth < DepthMax && _facts.OpeningOf(e.Chain)?.Cited is { } cited
            && _facts.Admissions.TryGetValue(cited, out var admission)) Pin(admission.Writer, depth + 1);
    }

    private void Pin(ChainId chain, long seq) => _pins[chain] = Math.Max(_pins.GetValueOrDefault(chain), seq);
}
