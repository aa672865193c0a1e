using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Every sentence of the pages that depends on a number or a state, one per plural form.</summary>
internal static class Text
{
    private static readonly NumberFormatInfo Grouped = new()
    {
        NumberGroupSeparator = "\u202f",
        NegativeSign = "\u2212",
    };

    public static string Number(long value) => value.ToString("N0", Grouped);

    public static string Comments(long n) => N(n, "1 comment", $"{Number(n)} comments");

    public static string Posts(long n) => N(n, "1 post", $"{Number(n)} posts");

    public static string Members(long n) => N(n, "1 member", $"{Number(n)} members");

    public static string Events(long n) => N(n, "1 event", $"{Number(n)} events");

    public static string Waiting(long n) =>
        N(n, "1 event waits here for it.", $"{Number(n)} events wait here for it.");

    public static string Behind(long n) => n == 0 ? "" : T($"{Number(n)} behind");

    public static string Points(long n) => N(Math.Abs(n), $"{Number(n)} point", $"{Number(n)} points");

    public static string Reached(ReachView reach) => reach.Of switch
    {
        0 => T("on this node only"),
        1 when reach.Reached == 1 => T("reached your peer"),
        1 => T("waits for your peer"),
        _ => T($"reached {Number(reach.Reached)} of {Number(reach.Of)} peers"),
    };

    public static string State(PeerState state) => state switch
    {
        PeerState.InStep => T("In step"),
        PeerState.CatchingUp => T("Catching up"),
        PeerState.Stalled => T("Stalled"),
        PeerState.OutOfReach => T("Out of reach"),
        PeerState.Frozen => T("Frozen"),
        PeerState.Paused => T("Paused"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Where a text is missing: why, in place of the text.</summary>
    public static string Missing(TextState state) => state switch
    {
        TextState.Deleted => T("Deleted."),
        TextState.Owed => T("This text is on its way: a peer has announced it and still owes it."),
        TextState.Awaited => T("This comment has not arrived yet. It is asked for; the replies to it stand below."),
        TextState.Present => "",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Sort(FeedSort sort) => sort switch
    {
        FeedSort.New => T("New"),
        FeedSort.Top => T("Top"),
        FeedSort.Hot => T("Hot"),
        _ => throw new ArgumentOutOfRangeException(nameof(sort)),
    };

    /// <summary>How addresses name an order.</summary>
    public static string SortKey(FeedSort sort) => sort.ToString().ToLowerInvariant();

    public static string VotePrivacy(string mode) => mode switch
    {
        "pseudonymous" => T("Votes are counted under pseudonyms: other nodes cannot tell who voted."),
        "per_agent" => T("Votes carry the name of the agent who cast them."),
        "tally" => T("Votes stay on their node: only sums are shared."),
        _ => mode,
    };

    /// <summary>A place in a film: minutes, seconds, tenths.</summary>
    public static string Clock(long ms) => string.Create(
        CultureInfo.InvariantCulture, $"{ms / 60_000}:{ms / 1_000 % 60:00}.{ms / 100 % 10}");

    /// <summary>A file's or a disk's size, in the decimal units in which budgets are typed.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{Number(bytes)} B",
        < 1_000_000 => $"{Tenths(bytes / 1e3)} kB",
        < 1_000_000_000 => $"{Tenths(bytes / 1e6)} MB",
        < 1_000_000_000_000 => $"{Tenths(bytes / 1e9)} GB",
        _ => $"{Tenths(bytes / 1e12)} TB",
    };

    private static string Tenths(double value) => value.ToString("0.0", Languages.Current.Numbers);

    public static string Rows(long n) => N(n, "1 row", $"{Number(n)} rows");

    public static string Markers(long n) => N(n, "1 marker", $"{Number(n)} markers");

    public static string Editions(long n) => N(n, "1 edition", $"{Number(n)} editions");

    /// <summary>How long ago, for people: the script keeps it current, the title carries the exact time.</summary>
    public static string Ago(long thenMs, long nowMs)
    {
        var seconds = Math.Max(0, nowMs - thenMs) / 1000;
        return seconds switch
        {
            < 10 => T("now"),
            < 60 => Age("s", seconds),
            < 3600 => Age("min", seconds / 60),
            < 86400 => Age("h", seconds / 3600),
            < 86400 * 30 => Age("d", seconds / 86400),
            _ => Iso(thenMs)[..10],
        };
    }

    /// <summary>The words of <see cref="Ago"/> for the script, with 0 for the number.</summary>
    public static string Ages =>
        $"now={T("now")}|s={Age("s", 0)}|min={Age("min", 0)}|h={Age("h", 0)}|d={Age("d", 0)}";

    private static string Age(string unit, long count) => unit switch
    {
        "s" => T($"{count} s"),
        "min" => T($"{count} min"),
        "h" => T($"{count} h"),
        _ => T($"{count} d"),
    };

    public static string Iso(long ms) =>
        Instant(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A day in UTC, counted since 1970.</summary>
    public static string Day(long day) => Iso(day * 24 * 3_600_000)[..10];

    public static string Exact(long ms) =>
        Instant(ms).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A foreign clock may show any 48-bit time; a page must not fail on it.</summary>
    private static DateTimeOffset Instant(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, 0, 253_402_300_799_000));
}
