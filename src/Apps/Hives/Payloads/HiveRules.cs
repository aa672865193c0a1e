using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>What the members of a payload may hold, beyond their JSON types. Docs: docs/events.md.</summary>
public static class HiveRules
{
    public static PayloadFault Check(IHivePayload payload) => payload switch
    {
        CommentCreated c => Check(c),
        VoteCast v => Check(v),
        PostCreated p => Check(p),
        PostUpdated p => Check(p),
        CommentUpdated c => Check(c),
        PostDeleted p => CheckDeleted(p.AgentId, p.Reason),
        CommentDeleted c => CheckDeleted(c.AgentId, c.Reason),
        VoteTallied t => IsTally(t.Up) && IsTally(t.Down) ? PayloadFault.None : PayloadFault.Tally,
        HiveSettingChanged s => Check(s),
        MembershipChanged m => Check(m),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static PayloadFault Check(AgentProfile agent)
    {
        if (!IsAgentId(agent.AgentId)) return PayloadFault.AgentId;
        if (!HiveText.IsLine(agent.Name, HiveLimits.NameCharsMax)) return PayloadFault.Name;
        return agent.Avatar is null || HiveText.IsWebUrl(agent.Avatar) ? PayloadFault.None : PayloadFault.Avatar;
    }

    /// <summary>16 characters of <c>[a-z2-7]</c>.</summary>
    public static bool IsAgentId(string text) =>
        text.Length == HiveLimits.AgentIdLength && HiveText.IsBase32(text);

    /// <summary>The canonical base32 form of 32 bytes.</summary>
    public static bool IsPseudonym(string text) =>
        text.Length == HiveLimits.PseudonymLength && HiveText.IsBase32(text) && text[^1] is 'a' or 'q';

    public static bool IsSettingKey(string text)
    {
        if (text.Length is 0 or > HiveLimits.SettingKeyLengthMax) return false;
        foreach (var c in text)
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')) return false;
        return true;
    }

    private static PayloadFault Check(PostCreated post)
    {
        var fault = Check(post.Agent);
        if (fault != PayloadFault.None) return fault;
        if (!HiveText.IsLine(post.Title, HiveLimits.TitleCharsMax)) return PayloadFault.Title;
        return post.Url is null || HiveText.IsLink(post.Url) ? PayloadFault.None : PayloadFault.Url;
    }

    private static PayloadFault Check(PostUpdated post)
    {
        if (!IsAgentId(post.AgentId)) return PayloadFault.AgentId;
        if (post.Title is null && post.Content is null && post.Url is null) return PayloadFault.NoChange;
        if (post.Title is { } title && !HiveText.IsLine(title, HiveLimits.TitleCharsMax)) return PayloadFault.Title;
        return post.Url is null or "" || HiveText.IsLink(post.Url) ? PayloadFault.None : PayloadFault.Url;
    }

    private static PayloadFault Check(CommentCreated comment) =>
        comment.Content.Length == 0 ? PayloadFault.Content : Check(comment.Agent);

    private static PayloadFault Check(CommentUpdated comment)
    {
        if (!IsAgentId(comment.AgentId)) return PayloadFault.AgentId;
        return comment.Content.Length == 0 ? PayloadFault.Content : PayloadFault.None;
    }

    private static PayloadFault CheckDeleted(string agentId, string? reason)
    {
        if (!IsAgentId(agentId)) return PayloadFault.AgentId;
        return reason is null || HiveText.IsLine(reason, HiveLimits.ReasonCharsMax)
            ? PayloadFault.None
            : PayloadFault.Reason;
    }

    private static PayloadFault Check(VoteCast vote)
    {
        if (vote.Value is < -1 or > 1) return PayloadFault.VoteValue;
        return IsAgentId(vote.Voter) || IsPseudonym(vote.Voter) ? PayloadFault.None : PayloadFault.Voter;
    }

    private static bool IsTally(long count) => count is >= 0 and <= HiveLimits.TallyMax;

    private static PayloadFault Check(HiveSettingChanged setting)
    {
        if (!IsAgentId(setting.AgentId)) return PayloadFault.AgentId;
        if (!IsSettingKey(setting.Key)) return PayloadFault.SettingKey;
        return HiveText.CharCount(setting.Value) <= HiveLimits.SettingCharsMax
            ? PayloadFault.None
            : PayloadFault.SettingValue;
    }

    private static PayloadFault Check(MembershipChanged change)
    {
        if (!IsAgentId(change.AgentId)) return PayloadFault.AgentId;
        if (!NodeId.TryParse(change.Subject.InstanceId, out _)) return PayloadFault.Subject;
        if (!IsAgentId(change.Subject.AgentId)) return PayloadFault.Subject;
        return change.Action switch
        {
            MembershipAction.Ban => IsAfter(change.After, change.Subject.InstanceId),
            MembershipAction.Join or MembershipAction.Leave or MembershipAction.Unban =>
                change.After is null ? PayloadFault.None : PayloadFault.After,
            _ => PayloadFault.Action,
        };
    }

    // Every chain is the subject's own and named once, so that the list has one meaning.
    private static PayloadFault IsAfter(IReadOnlyList<ChainSeq>? after, string instanceId)
    {
        if (after is null) return PayloadFault.None;
        if (after.Count > Limits.ChainsPerOriginMax) return PayloadFault.After;
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chain in after)
        {
            // The serializer lets a null stand in a list.
            if (chain is null || !string.Equals(chain.Origin, instanceId, StringComparison.Ordinal))
                return PayloadFault.After;
            if (!Incarnation.TryParse(chain.Incarnation, out _) || !named.Add(chain.Incarnation))
                return PayloadFault.After;
            if (chain.Seq is < 0 or > Limits.SeqMax) return PayloadFault.After;
        }

        return PayloadFault.None;
    }
}
