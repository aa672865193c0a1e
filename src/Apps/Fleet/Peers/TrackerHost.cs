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

    private const int HostCharsMax = 253;
}
