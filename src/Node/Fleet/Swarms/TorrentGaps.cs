using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>A file that a torrent's client lacks, and the items of the fleet that may be it.</summary>
/// <param name="Index">In the client's list.</param>
/// <param name="Place">In the torrent's description.</param>
/// <param name="Items">Of its size, and of this torrent as the fleet knows; in order.</param>
internal sealed record TorrentGap(int Index, int Place, TorrentFile File, IReadOnlyList<ItemId> Items);

/// <summary>What a torrent lacks.</summary>
/// <param name="Sources">Of each file of its description, where its bytes are; null where they are not here.</param>
/// <param name="Roots">Where its client keeps it.</param>
/// <param name="IsPublic">Known to be so, by its own description and by all that the fleet knows.</param>
internal sealed record TorrentGaps(
    TorrentDescription What, IReadOnlyList<string?> Sources, IReadOnlyList<TorrentGap> Gaps,
    IReadOnlyList<string> Roots, bool IsPublic)
{
    /// <summary>Null where the client's list is not that of the description.</summary>
    /// <param name="known">Joined over those items and their sources.</param>
    public static TorrentGaps? Of(
        TorrentDescription what, TorrentContent content, IReadOnlyList<Item> items, Privacy known)
    {
        if (what.PlacesOf(content.Files) is not { } places) return null;
        var sources = new string?[what.Files.Count];
        var gaps = new List<TorrentGap>();
        foreach (var (index, file) in content.Files.Index())
        {
            if (file.IsComplete) sources[places[index]] = file.FullPath;
            // What its owner does not want of it lacks nothing.
            else if (file is { SizeBytes: > 0, IsWanted: true })
                gaps.Add(new TorrentGap(
                    index, places[index], file,
                    [.. items.Where(i => i.SizeBytes == file.SizeBytes).Select(i => i.Id).Order()]));
        }

        return new TorrentGaps(
            what, sources, gaps, content.Roots, !what.IsPrivate && known == Privacy.No);
    }

    /// <summary>
    /// Whether those bytes are the gap's, as far as pieces tell that lie in known files alone.
    /// </summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public Task<PieceMatch> FitsAsync(TorrentGap gap, string path, CancellationToken cancellation) =>
        PieceProof.OfAsync(What, With(gap, path).Sources, gap.Place, cancellation);

    /// <summary>As it is with that gap's bytes known: pieces beside it can be told by them.</summary>
    public TorrentGaps With(TorrentGap gap, string path)
    {
        var with = Sources.ToArray();
        with[gap.Place] = path;
        return this with { Sources = with };
    }
}
