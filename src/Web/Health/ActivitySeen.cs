using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Some of what was logged, newest first.</summary>
/// <param name="Area">Null for everything.</param>
/// <param name="Before">Only what was logged before the entry of that number; null for the newest.</param>
/// <param name="HasOlder">True where more of that kind is still kept.</param>
public sealed record ActivitySeen(
    IReadOnlyList<LogEntry> Entries, LogArea? Area, LogLevel Level, long? Before, bool HasOlder)
{
    /// <summary>Entries on one page: while much is logged, all of them travel each second.</summary>
    public const int PageMax = 100;

    /// <summary>The topic that keeps such a page current.</summary>
    public LiveTopic Topic => LiveTopic.Activity(
        Area is { } area ? LogLevels.Name(area) : "", KnownSettings.NameOf(Level), Number(Before));

    /// <summary>The page of what came before these.</summary>
    public string Older => Address(Entries[^1].Seq);

    /// <summary>The page of the newest.</summary>
    public string Newest => Address(null);

    /// <param name="area">The name of one; anything else for everything.</param>
    /// <param name="level">The name of one; anything else for all that was logged.</param>
    public static ActivitySeen Now(LogMemory memory, string? area, string? level, string? before)
    {
        var about = LogLevels.Area(area ?? "");
        var least = KnownSettings.Level(level ?? "") ?? LogLevel.Trace;
        var until = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : (long?)null;
        var found = memory.After(0).Reverse().Where(e =>
            (about ?? e.Area) == e.Area && e.Level >= least && (until is null || e.Seq < until));
        List<LogEntry> some = [.. found.Take(PageMax + 1)];
        return new ActivitySeen([.. some.Take(PageMax)], about, least, until, some.Count > PageMax);
    }

    public static ActivitySeen Now(LogMemory memory, LiveTopic topic) =>
        Now(memory, topic.Name, topic.Filter, topic.Cursor);

    private string Address(long? before)
    {
        var query = new QueryString();
        if (Area is { } area) query = query.Add("area", LogLevels.Name(area));
        if (Level != LogLevel.Trace) query = query.Add("level", KnownSettings.NameOf(Level));
        if (before is not null) query = query.Add("before", Number(before)!);
        return "/activity" + query;
    }

    private static string? Number(long? seq) => seq?.ToString(CultureInfo.InvariantCulture);
}
