namespace Anarchive.Fleet;

/// <summary>The one part of an announce URL that is kept (P4): the others may hold a passkey.</summary>
public static class TrackerHost
{
    /// <summary>The host in lower case; null where there is no http, https or udp address.</summary>
    public static string? Of(string? announce) =>
        Uri.TryCreate(announce, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" or "udp" && url.IdnHost.Length is > 0 and <= HostCharsMax
            ? url.IdnHost.ToLowerInvariant()
            : null;

    /// <summary>
    /// Stands for a tracker whose address cannot be read. Nobody said that it is public, so it closes what it is a
    /// tracker of.
    /// </summary>
    public const string Unknown = "unknown-tracker";

    /// <summary>Of every tracker of a torrent, each host once, in their order.</summary>
    public static IReadOnlyList<string> AllOf(IEnumerable<string?> announces) =>
        [.. announces.Select(a => Of(a) ?? Unknown).Distinct(StringComparer.Ordinal)];

    private const int HostCharsMax = 253;
}
