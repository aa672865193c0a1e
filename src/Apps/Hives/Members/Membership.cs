using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Payload of <c>membership_changed</c>.</summary>
/// <param name="AgentId">Who acts: an agent of the event's origin.</param>
/// <param name="Subject">Whose membership changes.</param>
/// <param name="Action">One of <see cref="MembershipAction"/>.</param>
/// <param name="After">With a ban only: the subject's last accepted seq per chain; 0 where none is listed.</param>
public sealed record MembershipChanged(
    string AgentId, AgentSubject Subject, string Action, IReadOnlyList<ChainSeq>? After = null) : IHivePayload;

/// <summary>What <c>membership_changed</c> can do.</summary>
public static class MembershipAction
{
    public const string Join = "join";

    public const string Leave = "leave";

    public const string Ban = "ban";

    public const string Unban = "unban";
}
