namespace Anarchive.Tests.Simulation;

/// <summary>Who may do what, as docs/events.md says under "Order": worked out anew for every question.</summary>
internal sealed class ModelRanks(IReadOnlyList<Fact> facts)
{
    private readonly string _owner = facts.SingleOrDefault(f => f.Kind == "group_created")?.Origin ?? "";

    /// <summary>2 for the owner's node, 1 with a grant in force, otherwise 0.</summary>
    public int Of(Fact act, string agentId, int grantAt)
    {
        if (act.Origin == _owner) return 2;
        if (act.Refs.Count <= grantAt) return 0;
        var grant = facts.SingleOrDefault(f => f.Ref == act.Refs[grantAt] && IsChange(f, "add"));
        if (grant is null || grant.Subject != (act.Origin, agentId)) return 0;
        var chain = $"{act.Origin}.{act.Incarnation}";
        var ends = facts.Where(f => IsChange(f, "remove") && f.Subject == grant.Subject && IsLater(f, grant));
        return ends.All(end => act.Seq <= end.After.FirstOrDefault(a => a.Chain == chain).Seq) ? 1 : 0;
    }

    /// <summary>Rank first, then time.</summary>
    public Fact Winner(IEnumerable<Fact> acts) => acts
        .OrderBy(RankOf).ThenBy(a => a.Hlc).ThenBy(a => a.OriginBytes, StringComparer.Ordinal)
        .ThenBy(a => a.Seq).ThenBy(a => a.Incarnation, StringComparer.Ordinal).Last();

    public string OrderOf(Fact act) => $"{RankOf(act)}/{act.Hlc}/{act.Origin}/{act.Seq}/{act.Incarnation}";

    private int RankOf(Fact act) => Of(act, act.Text("agent_id"), grantAt: 0);

    private bool IsChange(Fact fact, string action) =>
        fact.Kind == "moderator_changed" && fact.Origin == _owner && fact.Has(["subject", "action"], ["after"])
        && fact.Text("action") == action;

    // All of them are the owner's: only its incarnations can tie.
    private static bool IsLater(Fact left, Fact right) => left.Hlc != right.Hlc
        ? left.Hlc > right.Hlc
        : (string.CompareOrdinal(left.Incarnation, right.Incarnation), left.Seq.CompareTo(right.Seq)) switch
        {
            (0, var bySeq) => bySeq > 0,
            (var byIncarnation, _) => byIncarnation > 0,
        };
}
