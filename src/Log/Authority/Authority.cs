using System.Collections.Immutable;

namespace Anarchive.Log;

/// <summary>Who may do what in a group: owner 2, moderator 1, otherwise 0, at a (chain, seq). Order-free.</summary>
/// <remarks>
/// Facts are kept as they arrive and judged when asked, because a rebuild reads chain by chain and may meet an
/// admission before the grant it cites. One thread applies; any thread may ask.
/// </remarks>
public sealed partial class Authority
{
    private volatile Facts _facts = Facts.None;
    private volatile Ruling _ruling = new(Facts.None);

    /// <summary>Grows with every change, so that a fold knows when to judge earlier acts again.</summary>
    public long Version { get; private set; }

    public NodeId Owner => Now.Owner;

    public GroupCreated? Genesis => _facts.Genesis;

    /// <summary>The node that made the group; its chains cite the genesis.</summary>
    public NodeId Founder => _facts.GenesisHeader?.Origin ?? default;

    /// <summary>The group's first event; the founder's later chains cite it.</summary>
    public EventRef GenesisRef => _facts.GenesisHeader?.Ref ?? default;

    /// <summary>Heirs in the order they come, and how many moderators must agree.</summary>
    public (IReadOnlyList<string> Nodes, int Quorum) Heirs => Now.HeirsNow();

    /// <summary>Successions proposed by others than the owner, oldest first.</summary>
    public IReadOnlyList<Proposal> Proposals() => Now.Proposals();

    internal Facts Facts => _facts;

    // Two threads may both judge; they judge alike.
    private Ruling Now => _ruling is { } known && ReferenceEquals(known.Facts, _facts)
        ? known
        : _ruling = new Ruling(_facts);

    /// <summary>Takes one event; kinds of no concern and inert payloads change nothing.</summary>
    public void Apply(VerifiedEvent e)
    {
        if (e.Content is EditionCountersigned countersigned)
        {
            Countersign(e.Header, countersigned);
            return;
        }

        var before = _facts;
        if (FactReading.With(before, e) is not { } after) return;
        _facts = after;
        // A node's first chain bears on nobody: a newcomer must not have every act judged again.
        var bearsOnNobody = EngineKinds.IsOpening(e.Header.Kind) && !e.Header.IsGenesis
            && !before.Openings.ContainsKey(e.Header.Origin) && !before.Forks.ContainsKey(e.Header.Origin);
        if (!bearsOnNobody) Version++;
    }

    /// <summary>
    /// A chain has two histories from <paramref name="seq"/> on; <paramref name="before"/> is the clock of the event
    /// before it, null where there is none or it is not here.
    /// </summary>
    public void Fork(ChainId chain, long seq, Hlc? before)
    {
        var fork = new ForkFact(chain, seq, before);
        var known = _facts.Forks.GetValueOrDefault(chain.Origin, []);
        if (known.Exists(f => f.Chain == chain && (f.Seq < seq || f == fork))) return;
        var others = known.RemoveAll(f => f.Chain == chain);
        _facts = _facts with { Forks = _facts.Forks.SetItem(chain.Origin, others.Add(fork)) };
        Version++;
    }

    /// <summary>
    /// The rank of an act: 2 where its origin owns the group there; 1 where <paramref name="grant"/> refers to a valid
    /// <c>moderator_changed</c> that adds (origin, <paramref name="agentId"/>) and no later removal ended it before
    /// this seq; otherwise 0. Needs no payload but the actor's name, so it still evaluates after erasure.
    /// </summary>
    public int RankAt(EventHeader act, string agentId, EventRef? grant)
    {
        var now = Now;
        if (now.Rules(act)) return 2;
        return grant is { } cited && now.IsInForce(cited, (act.Origin, agentId), act) ? 1 : 0;
    }

    /// <summary>True where the writer of that event owned the group there: rank 2, without its header.</summary>
    public bool Rules(Position act) => Now.Rules(act);

    /// <summary>The newest grant an agent could cite now; null where it has none in force.</summary>
    public EventRef? GrantOf(NodeId origin, string agentId)
    {
        var now = Now;
        EventRef? newest = null;
        EventHeader? at = null;
        foreach (var (reference, grant) in now.Facts.Grants)
        {
            if (grant.Subject != (origin, agentId) || !Stands(now, grant)) continue;
            if (at is null || Ruling.IsLater(grant.Writer, at)) (newest, at) = (reference, grant.Writer);
        }

        return newest;
    }

    /// <summary>Agents whose moderator grant is in force now, in no particular order.</summary>
    public IEnumerable<(NodeId Origin, string AgentId)> Moderators()
    {
        var now = Now;
        return now.Facts.Grants.Values.Where(g => Stands(now, g)).Select(g => g.Subject).Distinct();
    }

    /// <summary>The admission a chain cites, where it names this node, stands, and was its writer's to make.</summary>
    public Hash256? InceptionAdmitted(EventRef admission, NodeId node) =>
        Now.Admitted(admission) is { } admitted && admitted.Node == node ? admitted.Inception : null;

    /// <summary>An admission of that node that stands: not followed by its removal.</summary>
    public EventRef? AdmissionOf(NodeId node) => Now.AdmissionOf(node);

    /// <summary>True for the owner, the founder and every admitted node that has not been removed since.</summary>
    public bool IsMember(NodeId node) => Now.IsMember(node);

    /// <summary>True for a node that was a member and was removed since: it may be told so.</summary>
    public bool WasRemoved(NodeId node) => Now.WasRemoved(node);

    /// <summary>True where a chain of that node forked and none opened since goes on.</summary>
    public bool IsFrozen(NodeId node)
    {
        var facts = _facts;
        var forks = facts.Forks.GetValueOrDefault(node, []);
        return !forks.IsEmpty && !facts.Openings.GetValueOrDefault(node, []).Exists(
            o => forks.TrueForAll(f => f.Chain != o.Chain && !(o.Header.Hlc <= f.Before))
                && EndOf(o.Chain) is { GatedAfter: null, Last: not 0 });
    }

    /// <summary>Owner, founder and admitted nodes.</summary>
    public IEnumerable<NodeId> Members()
    {
        var now = Now;
        return now.Facts.Genesis is null
            ? []
            : now.Facts.AdmissionsOf.Keys.Append(Owner).Append(Founder).Distinct().Where(now.IsMember);
    }

    /// <summary>Where a chain ends, by keys, forks of its node and removals.</summary>
    public ChainEnd EndOf(ChainId chain) => Now.EndOf(chain);

    /// <summary>Why a node that signs with those keys may not open a chain at that clock; none where it may.</summary>
    public Refusal WhyNotOpen(ChainId chain, Hlc at, IReadOnlyList<KeyStep> keys) => Now.WhyNotOpen(chain, at, keys);

    /// <summary>
    /// True where a chain that is not here may never come: its node forked another, and nodes that know refuse what it
    /// opened since.
    /// </summary>
    public bool MayBeGated(ChainId chain) => Now.MayBeGated(chain);

    /// <summary>True where newer keys of the same node are known than a caller shows.</summary>
    public bool IsOverruled(NodeId node, IReadOnlyList<KeyStep> keys) =>
        Now.WhyNotOpen(new ChainId(node, default), Hlc.Max, keys) == Refusal.ChainRevoked;

    /// <summary>
    /// The last seq of a chain that an edition of an owner's covers: what it holds stands, whatever is found out
    /// about the chain later. 0 where none does.
    /// </summary>
    public long FloorOf(ChainId chain) => Now.Floors.SeqOf(chain);

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

    private static bool Stands(Ruling now, Grant grant) =>
        now.RulesAndStands(grant.Writer) && !now.EndsAfter(grant.Subject, grant.Writer).Any();
}
