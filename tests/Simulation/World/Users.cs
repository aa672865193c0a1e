using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>The people of a run: they write what a hive's members write, sensible or not.</summary>
internal sealed class Users(SimulatedWorld world)
{
    private static readonly string Pseudonym = new('a', HiveLimits.PseudonymLength);

    private readonly Dice _dice = world.Dice;

    /// <summary>One act at one node, where its rows allow any.</summary>
    public void Act(SimulatedNode node, GroupId group)
    {
        if (node.Snapshot is not { Standing: Refusal.None } || node.Hives.RowsOf(group) is not { } rows) return;
        var items = rows.Items.Where(i => i.Kind != ItemKind.Unknown).ToList();
        var mine = items.Where(i => i.Key.Chain.Origin == node.Id).ToList();
        var drafts = new List<Draft>();
        for (var count = _dice.Chance(10) ? _dice.Between(2, 12) : 1; count > 0; count--)
            if (Choose(node, items, mine) is { } draft) drafts.Add(draft);
        if (drafts.Count == 0) return;
        node.Write(group, drafts, written =>
        {
            var kinds = string.Join(", ", drafts.Select(d => d.Kind.Name));
            world.Trace?.Invoke($"{node.Name} wrote {kinds} at {written[0].Seq}");
            world.Oracle.Acked(node, written);
        });
    }

    /// <summary>Makes an agent of that node a moderator.</summary>
    public static Draft Grant(SimulatedNode node) => new(
        EngineKinds.ModeratorChanged,
        EngineKinds.Write(new ModeratorChanged(new AgentSubject(node.Id.ToString(), AgentIdOf(0)), "add")),
        []);

    private Draft? Choose(SimulatedNode node, List<ItemRow> items, List<ItemRow> mine)
    {
        var act = _dice.Below(100);
        if (act < 12 || items.Count == 0) return Of(new PostCreated(Agent(), Title(), "Text", "https://example.org/"));
        var target = _dice.Of(items);
        return act switch
        {
            < 35 => Comment(target),
            < 55 => Vote(target),
            < 63 => mine.Count == 0 ? null : Edit(_dice.Of(mine)),
            < 67 => mine.Count == 0 ? null : Of(new PostDeleted(AgentId()), _dice.Of(mine).Key),
            < 73 => ActOfRank(node, target),
            < 87 => Setting(node),
            < 92 => Membership(node),
            < 96 => Moderators(node),
            < 98 => new Draft(new Kind("post_created"), "{}"u8.ToArray(), []),
            _ => Of(new CommentCreated(Agent(), "To nothing"), target.Key with { IdPrefix = _dice.Next() }),
        };
    }

    private Draft Comment(ItemRow target)
    {
        var comment = new CommentCreated(Agent(), "Text");
        return target.Kind == ItemKind.Post ? Of(comment, target.Key) : Of(comment, target.Post, target.Key);
    }

    private Draft Vote(ItemRow target) => world.VotePrivacy switch
    {
        VotePrivacy.PerAgent => Of(new VoteCast(AgentId(), _dice.Between(-1, 1)), target.Key),
        VotePrivacy.Pseudonymous => Of(new VoteCast(Pseudonym, _dice.Between(-1, 1)), target.Key),
        _ => Of(new VoteTallied(_dice.Below(5), _dice.Below(5)), target.Key),
    };

    private Draft Edit(ItemRow target)
    {
        if (target.Kind == ItemKind.Comment) return Of(new CommentUpdated(AgentId(), "Edited"), target.Key);
        return _dice.Below(3) switch
        {
            0 => Of(new PostUpdated(AgentId(), Title: Title()), target.Key),
            1 => Of(new PostUpdated(AgentId(), Content: "Edited", Url: ""), target.Key),
            _ => Of(new PostUpdated(AgentId(), Content: ""), target.Key),
        };
    }

    /// <summary>A deletion by rank, a ban or an unban: with a grant, without one, or with an old one.</summary>
    private Draft ActOfRank(SimulatedNode node, ItemRow target)
    {
        var agent = AgentId();
        EventRef[] grant = Grant(node, agent) is { } cited ? [cited] : [];
        if (_dice.Chance(60)) return Of(new CommentDeleted(agent), [target.Key, .. grant]);
        var subject = new AgentSubject(_dice.Of(world.Honest).Id.ToString(), AgentId());
        return _dice.Chance(70)
            ? Of(new MembershipChanged(agent, subject, MembershipAction.Ban, Reach(node, subject)), grant)
            : Of(new MembershipChanged(agent, subject, MembershipAction.Unban), grant);
    }

    private Draft Setting(SimulatedNode node)
    {
        // Mostly agents that may, and mostly one register: rank and clocks have to decide.
        var agent = _dice.Chance(75) ? AgentIdOf(0) : AgentId();
        var setting = new HiveSettingChanged(agent, _dice.Chance(75) ? "title" : "description", Title());
        return Grant(node, agent) is { } grant ? Of(setting, grant) : Of(setting);
    }

    private Draft Membership(SimulatedNode node) => Of(new MembershipChanged(
        AgentId(),
        new AgentSubject((_dice.Chance(80) ? node : _dice.Of(world.Honest)).Id.ToString(), AgentId()),
        _dice.Chance(60) ? MembershipAction.Join : MembershipAction.Leave));

    private Draft Moderators(SimulatedNode node)
    {
        var subject = new AgentSubject(_dice.Of(world.Honest).Id.ToString(), AgentId());
        var change = _dice.Chance(65)
            ? new ModeratorChanged(subject, "add")
            : new ModeratorChanged(subject, "remove", Reach(node, subject));
        return new Draft(EngineKinds.ModeratorChanged, EngineKinds.Write(change), []);
    }

    private EventRef? Grant(SimulatedNode node, string agent)
    {
        var grant = node.Snapshot!.Authority.GrantOf(node.Id, agent);
        if (grant is not null) world.LastGrant = grant;
        return grant ?? (_dice.Chance(10) ? world.LastGrant : null);
    }

    private IReadOnlyList<ChainSeq> Reach(SimulatedNode node, AgentSubject subject) =>
        NodeId.TryParse(subject.InstanceId, out var origin) ? node.Vector.ReachOf(origin) : [];

    private string AgentId() => AgentIdOf(_dice.Below(2));

    private static string AgentIdOf(int number) => new((char)('a' + number), HiveLimits.AgentIdLength);

    private AgentProfile Agent() => new(AgentId(), "Ada");

    private string Title() => $"Title {_dice.Below(1_000)}";

    private static Draft Of(IHivePayload payload, params EventRef[] refs) => new(
        new Kind(NameOf(payload)),
        HivePayloads.Write(payload, out var fault) ?? throw new InvalidOperationException($"{fault}"),
        refs);

    private static string NameOf(IHivePayload payload) => payload switch
    {
        PostCreated => "post_created",
        PostUpdated => "post_updated",
        PostDeleted => "post_deleted",
        CommentCreated => "comment_created",
        CommentUpdated => "comment_updated",
        CommentDeleted => "comment_deleted",
        VoteCast => "vote_cast",
        VoteTallied => "vote_tallied",
        HiveSettingChanged => "hive_setting_changed",
        MembershipChanged => "membership_changed",
        _ => throw new ArgumentException("Not a payload of Hives.", nameof(payload)),
    };
}
