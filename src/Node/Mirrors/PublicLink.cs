using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Where anybody may read a hive: <c>https://host:port/sync/v1/public/ag1…</c>.</summary>
/// <remarks>
/// It names no node. What is read under it proves itself: the group's id is the hash of its first event, and every
/// event is signed by a member; whoever answers there can withhold and nothing else.
/// </remarks>
public sealed record PublicLink(Endpoint Endpoint, GroupId Group)
{
    internal const string Path = "/sync/v1/public/";

    /// <summary>Null for anything but the one spelling that <see cref="ToString"/> gives.</summary>
    public static PublicLink? TryParse(string? text)
    {
        if (text is null || text.IndexOf(Path, StringComparison.Ordinal) is var at && at < 0) return null;
        return Endpoint.TryParse(text[..at]) is { } endpoint && GroupId.TryParse(text[(at + Path.Length)..], out var id)
            ? new PublicLink(endpoint, id)
            : null;
    }

    public override string ToString() => $"{Endpoint}{Path}{Group}";
}
