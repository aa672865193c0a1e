using System.Globalization;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

public sealed partial class HiveCommands
{
    /// <summary>A moderator's word is kept beside an owner's and changes nothing, so it is not written.</summary>
    private static readonly Problem OwnerStands = new(
        "owner_stands", 409, "The owner decided this, and that stands until the owner changes it: ask the owner.");

    /// <summary>Founds a group owned by this node; the agent joins it.</summary>
    public async Task<WriteOutcome> CreateHiveAsync(
        LocalAgent agent,
        string name,
        string title,
        string description,
        string votePrivacy,
        CancellationToken cancellation)
    {
        if (!HiveNames.IsValid(name))
            return WriteOutcome.Refused(
                new("bad_hive_name", 400, "A hive's name has 1 to 63 of a to z, 0 to 9 and hyphens, not first."));
        if (!VotePrivacy.IsKnown(votePrivacy))
            return WriteOutcome.Refused(
                new("bad_vote_privacy", 400, "Vote privacy is pseudonymous, per_agent or tally."));
        if (WhyBad(agent, HiveSettings.Title, title) is { } badTitle) return WriteOutcome.Refused(badTitle);
        if (WhyBad(agent, HiveSettings.Description, description) is { } badText) return WriteOutcome.Refused(badText);
        if (names.Find(name) is not null)
            return WriteOutcome.Refused(new("name_taken", 409, "A hive of that name is already here."));
        var genesis = new GroupCreated(
            "hive",
            "members",
            votePrivacy,
            ModeratorsAdmit: false,
            Heirs: [],
            Quorum: 0,
            new Dictionary<string, string>
            {
                [HiveSettings.Title] = title.Trim(),
                [HiveSettings.Description] = description,
            },
            writes.Statements);
        var group = await writes.FoundAsync(agent, name, EngineKinds.Write(genesis), cancellation);
        return await WriteMembershipAsync(
            group, agent, Subject(agent), MembershipAction.Join, null, null, cancellation);
    }

    public async Task<WriteOutcome> SetSettingAsync(
        LocalAgent agent, string hive, string key, string value, CancellationToken cancellation)
    {
        var (group, grant, problem) = await ActAsync(agent, hive, cancellation);
        problem ??= WhyBad(agent, key, value);
        if (problem is null && key == HiveSettings.PublicRead && !await writes.OwnsAsync(group, agent, cancellation))
            problem = new("not_the_owner", 403, "Only the hive's owner may let anybody read it.");
        if (problem is null && !writes.IsOwner(group) && lookup.IsOwners(group, key)) problem = OwnerStands;
        if (problem is not null) return WriteOutcome.Refused(problem);
        var draft = HiveDrafts.Make("hive_setting_changed", new HiveSettingChanged(agent.Id, key, value), grant);
        return await writes.WriteAsync(group, draft, cancellation);
    }

    /// <summary>Why a value is no retention.</summary>
    public static Problem BadRetention { get; } = new(
        "bad_retention", 400, "retention_days is a number of whole days up to 36500, or empty.");

    public Task<WriteOutcome> JoinAsync(LocalAgent agent, string hive, CancellationToken cancellation) =>
        SetPresenceAsync(agent, hive, MembershipAction.Join, cancellation);

    public Task<WriteOutcome> LeaveAsync(LocalAgent agent, string hive, CancellationToken cancellation) =>
        SetPresenceAsync(agent, hive, MembershipAction.Leave, cancellation);

    /// <summary>
    /// A person who writes becomes a member by it, so that moderators find whom they read in the list of members; who
    /// left is not brought back. Where it cannot be said now, the next text says it.
    /// </summary>
    public async Task TakePartAsync(LocalAgent agent, string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || lookup.HasJoined(group, writes.Self, agent.Id)) return;
        await SetPresenceAsync(agent, hive, MembershipAction.Join, cancellation);
    }

    /// <summary>Bans or unbans an agent of any node; needs rank 1.</summary>
    public async Task<WriteOutcome> BanAsync(
        LocalAgent agent, string hive, NodeId instance, string agentId, bool banned, CancellationToken cancellation)
    {
        var (group, grant, problem) = await ActAsync(agent, hive, cancellation);
        if (problem is not null) return WriteOutcome.Refused(problem);
        if (!writes.IsOwner(group) && lookup.IsOwners(group, instance, agentId))
            return WriteOutcome.Refused(OwnerStands);
        var subject = new AgentSubject(instance.ToString(), agentId);
        return banned
            ? await WriteMembershipAsync(
                group, agent, subject, MembershipAction.Ban, writes.ReachOf(group, instance), grant, cancellation)
            : await WriteMembershipAsync(group, agent, subject, MembershipAction.Unban, null, grant, cancellation);
    }

    /// <summary>Grants or takes back the moderator role; the owner's node only.</summary>
    public async Task<WriteOutcome> SetModeratorAsync(
        LocalAgent agent, string hive, NodeId instance, string agentId, bool moderates, CancellationToken cancellation)
    {
        if (!HiveRules.IsAgentId(agentId)) return WriteOutcome.Refused(Problem.NotFound("agent"));
        if (names.Find(hive) is not { } group) return WriteOutcome.Refused(Problem.NotFound("hive"));
        if (writes.WhyMute(group, agent) is { } why) return WriteOutcome.Refused(why);
        if (!await writes.OwnsAsync(group, agent, cancellation))
            return WriteOutcome.Refused(new("not_the_owner", 403, "Only the hive's owner may name moderators."));
        var subject = new AgentSubject(instance.ToString(), agentId);
        var change = moderates
            ? new ModeratorChanged(subject, "add")
            : new ModeratorChanged(subject, "remove", writes.ReachOf(group, instance));
        var draft = new Draft(EngineKinds.ModeratorChanged, EngineKinds.Write(change), []);
        return await writes.WriteAsync(group, (draft, null), cancellation);
    }

    private async Task<WriteOutcome> SetPresenceAsync(
        LocalAgent agent, string hive, string action, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group) return WriteOutcome.Refused(Problem.NotFound("hive"));
        var leaves = action == MembershipAction.Leave;
        return (leaves ? writes.WhyNotReady(group) : writes.WhyMute(group, agent)) is { } why
            ? WriteOutcome.Refused(why)
            : await WriteMembershipAsync(group, agent, Subject(agent), action, null, null, cancellation);
    }

    private Task<WriteOutcome> WriteMembershipAsync(
        GroupId group,
        LocalAgent agent,
        AgentSubject subject,
        string action,
        IReadOnlyList<ChainSeq>? after,
        EventRef? grant,
        CancellationToken cancellation)
    {
        var change = new MembershipChanged(agent.Id, subject, action, after);
        return writes.WriteAsync(group, HiveDrafts.Make("membership_changed", change, grant), cancellation);
    }

    /// <summary>The group, and the grant to cite where the agent acts as a moderator; or why it may not act.</summary>
    private async Task<(GroupId Group, EventRef? Grant, Problem? Problem)> ActAsync(
        LocalAgent agent, string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group) return (default, null, Problem.NotFound("hive"));
        if (writes.WhyMute(group, agent) is { } why) return (group, null, why);
        var (may, grant) = await writes.RankAsync(group, agent, cancellation);
        return may
            ? (group, grant, null)
            : (group, null, new("not_a_moderator", 403, "Only the hive's owner or a moderator may do this."));
    }

    private AgentSubject Subject(LocalAgent agent) => new(writes.Self.ToString(), agent.Id);

    /// <summary>
    /// Genesis holds settings as events do, so both obey the same rules; a title must also be a title.
    /// </summary>
    private static Problem? WhyBad(LocalAgent agent, string key, string value)
    {
        if (key == HiveSettings.Title && !HiveText.IsLine(value.Trim(), HiveLimits.TitleCharsMax))
            return HiveDrafts.Of(PayloadFault.Title);
        if (key == HiveSettings.RetentionDays && value.Length > 0
            && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 36_500))
            return BadRetention;
        if (key == HiveSettings.PublicRead && value is not (HiveSettings.IsOn or HiveSettings.IsOff or ""))
            return new("bad_public_read", 400, "public_read is true or false.");
        var fault = HiveRules.Check(new HiveSettingChanged(agent.Id, key, value));
        return fault == PayloadFault.None ? null : HiveDrafts.Of(fault);
    }
}
