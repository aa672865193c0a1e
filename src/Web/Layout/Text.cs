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

    public static string Comments(long n) => n == 1 ? "1 comment" : $"{Number(n)} comments";

    public static string Posts(long n) => n == 1 ? "1 post" : $"{Number(n)} posts";

    public static string Members(long n) => n == 1 ? "1 member" : $"{Number(n)} members";

    public static string Events(long n) => n == 1 ? "1 event" : $"{Number(n)} events";

    public static string Waiting(long n) =>
        n == 1 ? "1 event waits here for it." : $"{Number(n)} events wait here for it.";

    public static string Behind(long n) => n == 0 ? "" : $"{Number(n)} behind";

    public static string Points(long n) => n is 1 or -1 ? $"{Number(n)} point" : $"{Number(n)} points";

    public static string Reached(ReachView reach) => reach.Of switch
    {
        0 => "on this node only",
        1 when reach.Reached == 1 => "reached your peer",
        1 => "waits for your peer",
        _ => $"reached {Number(reach.Reached)} of {Number(reach.Of)} peers",
    };

    public static string State(PeerState state) => state switch
    {
        PeerState.InStep => "In step",
        PeerState.CatchingUp => "Catching up",
        PeerState.Stalled => "Stalled",
        PeerState.OutOfReach => "Out of reach",
        PeerState.Frozen => "Frozen",
        PeerState.Paused => "Paused",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Where a text is missing: why, in place of the text.</summary>
    public static string Missing(TextState state) => state switch
    {
        TextState.Deleted => "Deleted.",
        TextState.Owed => "This text is on its way: a peer has announced it and still owes it.",
        TextState.Awaited => "This comment has not arrived yet. It is asked for; the replies to it stand below.",
        TextState.Present => "",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Sort(FeedSort sort) => sort switch
    {
        FeedSort.New => "New",
        FeedSort.Top => "Top",
        FeedSort.Hot => "Hot",
        _ => throw new ArgumentOutOfRangeException(nameof(sort)),
    };

    public static string VotePrivacy(string mode) => mode switch
    {
        "pseudonymous" => "Votes are counted under pseudonyms: other nodes cannot tell who voted.",
        "per_agent" => "Votes carry the name of the agent who cast them.",
        "tally" => "Votes stay on their node: only sums are shared.",
        _ => mode,
    };

    /// <summary>A place in a film: minutes, seconds, tenths.</summary>
    public static string Clock(long ms) => string.Create(
        CultureInfo.InvariantCulture, $"{ms / 60_000}:{ms / 1_000 % 60:00}.{ms / 100 % 10}");

    /// <summary>A file's size.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => $"{Number(bytes)} B",
        < 1 << 20 => $"{Tenths(bytes / 1024.0)} KiB",
        < 1 << 30 => $"{Tenths(bytes / 1048576.0)} MiB",
        _ => $"{Tenths(bytes / 1073741824.0)} GiB",
    };

    private static string Tenths(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    public static string Rows(long n) => n == 1 ? "1 row" : $"{Number(n)} rows";

    public static string Markers(long n) => n == 1 ? "1 marker" : $"{Number(n)} markers";

    public static string Editions(long n) => n == 1 ? "1 edition" : $"{Number(n)} editions";

    /// <summary>How long ago, for people: the script keeps it current, the title carries the exact time.</summary>
    public static string Ago(long thenMs, long nowMs)
    {
        var seconds = Math.Max(0, nowMs - thenMs) / 1000;
        return seconds switch
        {
            < 10 => "now",
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60} min",
            < 86400 => $"{seconds / 3600} h",
            < 86400 * 30 => $"{seconds / 86400} d",
            _ => Iso(thenMs)[..10],
        };
    }

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
