namespace Anarchive.Fleet;

/// <summary>A torrent that holds an item, as the client of one device tells of it.</summary>
/// <param name="InfoHashV1">40 hex digits; null where it is of version 2 alone.</param>
/// <param name="InfoHashV2">64 hex digits; null where the client does not tell, or there is none.</param>
/// <param name="TrackerHost">The first tracker's; null where it has none.</param>
public sealed record TorrentMark(string? InfoHashV1, string? InfoHashV2, Privacy Privacy, string? TrackerHost)
{
    /// <summary>Those of all its trackers.</summary>
    public IReadOnlyList<string> TrackerHosts { get; init; } = TrackerHost is null ? [] : [TrackerHost];

    /// <summary>
    /// What is to be said of an item beyond what is known; null where that says it all. An item names one torrent: of
    /// several a private one first, for it closes the others. Of the trackers of all of them it names the one that the
    /// owner keeps closest.
    /// </summary>
    /// <param name="sources">The owner's word on each source, by name.</param>
    public static DescribedItem? Describe(
        Item known, IReadOnlyList<TorrentMark> marks, IReadOnlyDictionary<string, Source> sources)
    {
        if (marks.Count == 0) return null;
        var ordered = marks.OrderByDescending(m => m.Privacy)
            .ThenBy(m => m.InfoHashV1, StringComparer.Ordinal).ThenBy(m => m.InfoHashV2, StringComparer.Ordinal)
            .ToList();
        var first = ordered[0];
        // What is known already comes first, so that it stays where nothing is stricter.
        var source = new[] { known.Source }.Concat(ordered.SelectMany(m => m.TrackerHosts).Select(SourceOf))
            .OfType<string>().OrderByDescending(name => Gates.StrictnessOf(name, sources)).FirstOrDefault();
        var isNamed = known.InfoHashV1 is not null || known.InfoHashV2 is not null;
        if (isNamed && known.Source == source && known.Privacy >= first.Privacy) return null;
        return new DescribedItem(
            known.Id, known.SizeBytes, known.PieceLength, known.PieceRoot,
            (Privacy)Math.Max((int)known.Privacy, (int)first.Privacy), known.Policy, first.InfoHashV1,
            first.InfoHashV2, source);
    }

    /// <summary>
    /// A source is named by its host until the owner says more of it. One that is too long for a name is cut: who says
    /// nothing of it keeps it closed.
    /// </summary>
    private static string? SourceOf(string? host) => host is { Length: > FleetLimits.NameCharsMax }
        ? host[..FleetLimits.NameCharsMax]
        : host;
}
