using System.Globalization;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>What somebody of rank said of how long a hive keeps: 1 a moderator, 2 an owner.</summary>
public readonly record struct RetentionWord(Hlc Since, int Rank, string Value);

/// <summary>Tells the deletions that a hive's retention made from those made by hand, alike on every node.</summary>
/// <remarks>
/// A deletion does not say what caused it, and one that did would be unreadable to nodes that know no such member. What
/// everybody holds tells it all the same: an owner deleted, in the words retention uses, what was then older than the
/// hive had said that it keeps. The words alone prove nothing, since a person may write them too.
/// </remarks>
public sealed class RetentionRule(IEnumerable<RetentionWord> said)
{
    /// <summary>The reason that retention gives, on the wire as in every log.</summary>
    public const string Reason = "Older than this hive keeps.";

    private const int OwnersRank = 2;
    private const long DayMs = 24L * 3600 * 1000;

    private readonly RetentionWord[] _said = [.. said.OrderBy(word => word.Since)];

    /// <summary>Whole days that a hive keeps by a value of the setting; null: for ever.</summary>
    public static int? Days(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 ? days : null;

    /// <summary>What was written before is older than so many days.</summary>
    public static Hlc Before(int days, long nowMs) => Hlc.FromUnixMs(Math.Max(0, nowMs - days * DayMs));

    /// <summary>True where retention made a deletion.</summary>
    /// <param name="written">Clock of what was deleted.</param>
    /// <param name="deleted">Clock of the deletion.</param>
    public bool Made(int rank, string? reason, Hlc written, Hlc deleted) =>
        rank == OwnersRank && reason == Reason && Shortest(deleted) is { } days
        && deleted.UnixMs - written.UnixMs >= days * DayMs;

    // The owner's node may have swept before it heard a later word than the one it went by, so any that stood will do.
    private int? Shortest(Hlc until)
    {
        int? shortest = null;
        var isOwners = false;
        foreach (var word in _said)
        {
            if (word.Since > until) break;
            if (isOwners && word.Rank < OwnersRank) continue;
            isOwners |= word.Rank == OwnersRank;
            if (Days(word.Value) is { } days && !(shortest < days)) shortest = days;
        }

        return shortest;
    }
}
