namespace Anarchive.Fleet;

/// <summary>A torrent that holds an item, as the client of one device tells of it.</summary>
/// <param name="InfoHashV1">40 hex digits; null where it is of version 2 alone.</param>
/// <param name="InfoHashV2">64 hex digits; null where the client does not tell, or there is none.</param>
/// <param name="TrackerHost">The first tracker's; null where it has none.</param>
public sealed record TorrentMark(string? InfoHashV1, string? InfoHashV2, Privacy Privacy, string? TrackerHost)
{
    /// <summary>
    /// What is to be said of an item beyond what is known; null where that says it all. An item names one torrent: of
    /// several a private one first, for it closes the others.
    /// </summary>
    public static DescribedItem? Describe(Item known, IReadOnlyList<TorrentMark> marks)
    {
        if (marks.Count == 0) return null;
        var first = marks.OrderByDescending(m => m.Privacy)
            .ThenBy(m => m.InfoHashV1, StringComparer.Ordinal).ThenBy(m => m.InfoHashV2, StringComparer.Ordinal)
            .First();
        var isNamed = known.InfoHashV1 is not null || known.InfoHashV2 is not null;
        var hasSource = known.Source is not null || first.TrackerHost is null;
        if (isNamed && hasSource && known.Privacy >= first.Privacy) return null;
        return new DescribedItem(
            known.Id, known.SizeBytes, known.PieceLength, known.PieceRoot,
            (Privacy)Math.Max((int)known.Privacy, (int)first.Privacy), known.Policy, first.InfoHashV1,
            first.InfoHashV2, SourceOf(first.TrackerHost) ?? known.Source);
    }

    /// <summary>
    /// A source is named by its host until the owner says more of it. One that is too long for a name is cut: who says
    /// nothing of it keeps it closed.
    /// </summary>
    private static string? SourceOf(string? host) => host is { Length: > FleetLimits.NameCharsMax }
        ? host[..FleetLimits.NameCharsMax]
        : host;
}
