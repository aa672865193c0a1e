using System.Diagnostics;
using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Drafts the events of Hives, and says in one sentence why a payload cannot be written.</summary>
internal static class HiveDrafts
{
    /// <summary>The draft, or the problem; exactly one is set.</summary>
    public static (Draft? Draft, Problem? Problem) Make(
        string kind, IHivePayload payload, params ReadOnlySpan<EventRef?> refs)
    {
        if (HivePayloads.Write(payload, out var fault) is not { } bytes) return (null, Of(fault));
        var cited = new List<EventRef>(refs.Length);
        foreach (var one in refs)
            if (one is { } present) cited.Add(present);
        return (new Draft(new Kind(kind), bytes, cited), null);
    }

    public static AgentProfile Profile(LocalAgent agent) => new(agent.Id, agent.Name, agent.Avatar);

    /// <summary>Null where the fields may stand in an agent's profile.</summary>
    public static Problem? Check(LocalAgent agent) =>
        HiveRules.Check(Profile(agent)) is var fault && fault == PayloadFault.None ? null : Of(fault);

    public static Problem Of(PayloadFault fault) => fault switch
    {
        PayloadFault.TooLarge => new("too_large", 413, "This is too long: an event holds 64 KiB in all."),
        PayloadFault.AgentId or PayloadFault.Subject => Problem.NotFound("agent"),
        PayloadFault.Name => new("bad_name", 400, "A name is one line of 1 to 64 characters."),
        PayloadFault.Avatar => new("bad_url", 400, "An avatar is an address that starts with http:// or https://."),
        PayloadFault.Title => new("bad_title", 400, "A title is one line of 1 to 300 characters."),
        PayloadFault.Content => new("empty_content", 400, "The text must not be empty."),
        PayloadFault.Url => new("bad_url", 400, "A link starts with http://, https:// or magnet: and has no spaces."),
        PayloadFault.Reason => new("bad_reason", 400, "A reason is one line of 1 to 500 characters."),
        PayloadFault.NoChange => new("nothing_to_change", 400, "Name at least one field to change."),
        PayloadFault.VoteValue => new("bad_vote", 400, "A vote is -1, 0 or 1."),
        PayloadFault.SettingKey => new("bad_setting", 400, "A setting's key has 1 to 48 of a to z, 0 to 9 and _."),
        PayloadFault.SettingValue => new("bad_setting", 400, "A setting has at most 4000 characters."),
        PayloadFault.None or PayloadFault.Voter or PayloadFault.Tally or PayloadFault.Action or PayloadFault.After =>
            throw new UnreachableException(),
        _ => throw new UnreachableException(),
    };
}
