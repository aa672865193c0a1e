using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Writes events of authority, and says why one was not written.</summary>
internal static class GroupWrites
{
    /// <summary>Nobody would hear of what is written, and others would decide meanwhile.</summary>
    public static Problem HiveLeft { get; } = new(
        "hive_left", 409, "This node has left the hive: take part again first.");

    /// <summary>Null where what is written here goes to the others. Codes: hive_followed, hive_left.</summary>
    public static Problem? WhyApart(GroupId group, TakesNoPart takesNoPart, MirrorOf mirrorOf) =>
        mirrorOf(group) is not null
            ? new Problem(
                "hive_followed", 403,
                "This hive is only followed here: ask its owner for an invite to write in it.")
            : takesNoPart(group) ? HiveLeft : null;

    /// <summary>As below, or only whether it would be.</summary>
    public static Task<Problem?> TryAsync(
        LogWriter writer, GroupId group, Draft draft, bool dryRun, CancellationToken cancellation)
    {
        if (!dryRun) return TryAsync(writer, group, draft, cancellation);
        var standing = writer.StandingIn(group);
        return Task.FromResult(standing == Refusal.None ? null : Refused(standing));
    }

    /// <summary>Durable when it returns; null where it was written.</summary>
    public static async Task<Problem?> TryAsync(
        LogWriter writer, GroupId group, Draft draft, CancellationToken cancellation)
    {
        try
        {
            await writer.WriteAsync(group, [draft], cancellation);
            return null;
        }
        catch (LogRefusedException refused)
        {
            return Refused(refused.Refusal);
        }
    }

    public static Problem Refused(Refusal why) => new(why.Code(), 409, "This node may not write in the hive now.");
}
