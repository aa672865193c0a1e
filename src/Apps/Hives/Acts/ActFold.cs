using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// Acts whose effect depends on authority: deletions by rank, settings, bans, and votes from before the genesis.
/// </summary>
/// <remarks>
/// A grant, its removal or an owner's transfer may arrive after the act it concerns. Acts are therefore kept and
/// judged again when the authority changes; effects follow from the difference, never from the order of arrival.
/// </remarks>
internal sealed class ActFold(
    IHiveRows rows, Authority authority, PostFold posts, MemberFold members, SettingsFold settings, VoteFold votes)
{
    private const int RankNeeded = 1;

    // Ranks in the rows were judged by an earlier process, hence once more at the first call.
    private long _judged = -1;

    /// <summary>Keeps an act and lets it take effect as far as its writer's rank carries it.</summary>
    public void Add(EventHeader header, IHivePayload content)
    {
        if (header.Refs.Count > GrantAt(content) + 1 || header.Refs.Count < GrantAt(content)) return;
        if (rows.FindAct(header.Ref.Position) is not null) return;
        var act = new ActRow(header, content, RankOf(header, content));
        rows.Put(act);
        if (content is PostDeleted or CommentDeleted) MoveTombstone(act, 0);
        else Offer(act);
    }

    /// <summary>Judges every act again where the authority has changed since the last call.</summary>
    public void Rejudge()
    {
        if (_judged == authority.Version) return;
        _judged = authority.Version;
        var acts = rows.Acts().ToArray();
        var moved = new List<ActRow>();
        for (var i = 0; i < acts.Length; i++)
        {
            var (act, rank) = (acts[i], RankOf(acts[i].Header, acts[i].Content));
            if (rank == act.Rank) continue;
            acts[i] = act with { Rank = rank };
            rows.Put(acts[i]);
            if (act.Content is PostDeleted or CommentDeleted) MoveTombstone(acts[i], act.Rank);
            else moved.Add(act);
        }

        if (moved.Count > 0) Settle(acts, moved);
        foreach (var act in acts)
            if (act.Content is VoteCast or VoteTallied) Vote(act);
    }

    // The registers that lost or gained a candidate start again from all their candidates.
    private void Settle(ActRow[] acts, List<ActRow> moved)
    {
        var registers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var act in moved)
        {
            if (!registers.Add(RegisterOf(act.Content))) continue;
            if (act.Content is HiveSettingChanged setting) settings.Clear(setting);
            if (act.Content is MembershipChanged change) members.Clear(change);
        }

        foreach (var act in acts)
            if (registers.Contains(RegisterOf(act.Content))) Offer(act);
    }

    private void Offer(ActRow act)
    {
        if (act.Content is VoteCast or VoteTallied) Vote(act);
        if (act.Rank < RankNeeded) return;
        var order = OwnerFirst.Of(act.Header, act.Rank);
        if (act.Content is HiveSettingChanged setting) settings.Offer(setting, order);
        if (act.Content is MembershipChanged change) members.Offer(change, order);
    }

    private void Vote(ActRow act)
    {
        if (authority.Genesis is not { } genesis) return;
        if (act.Content is VoteCast vote) votes.Cast(act.Header, vote, genesis.VotePrivacy);
        if (act.Content is VoteTallied tally) votes.Tally(act.Header, tally, genesis.VotePrivacy);
    }

    private void MoveTombstone(ActRow act, int rankBefore)
    {
        var by = (act.Rank >= RankNeeded ? 1 : 0) - (rankBefore >= RankNeeded ? 1 : 0);
        if (by != 0) posts.MoveRankTombstones(act.Header.Refs[0], by);
    }

    private int RankOf(EventHeader header, IHivePayload content)
    {
        var agentId = content switch
        {
            PostDeleted deleted => deleted.AgentId,
            CommentDeleted deleted => deleted.AgentId,
            HiveSettingChanged setting => setting.AgentId,
            MembershipChanged change => change.AgentId,
            _ => null,
        };
        if (agentId is null) return 0;
        var at = GrantAt(content);
        return authority.RankAt(header, agentId, header.Refs.Count > at ? header.Refs[at] : null);
    }

    // A grant stands last: behind the target, where there is one.
    private static int GrantAt(IHivePayload content) =>
        content is PostDeleted or CommentDeleted or VoteCast or VoteTallied ? 1 : 0;

    private static string RegisterOf(IHivePayload content) => content switch
    {
        HiveSettingChanged setting => setting.Key,
        MembershipChanged change => $"{change.Subject.InstanceId}.{change.Subject.AgentId}",
        _ => "",
    };
}
