using System.Net;

namespace Anarchive.Node;

/// <summary>Where the files of its torrents lie.</summary>
public sealed partial class QBittorrentApi : ITorrentContents
{
    public async Task<IReadOnlyList<TorrentContent>> ContentsAsync(string? infoHash, CancellationToken cancellation)
    {
        var contents = new List<TorrentContent>();
        var suffix = (await PreferencesAsync(cancellation)).IncompleteFilesExt ? ".!qB" : "";
        foreach (var torrent in await InfoAsync(infoHash is null ? "" : $"?hashes={infoHash}", cancellation))
        {
            using var response = await SendAsync(() => Get($"torrents/files?hash={torrent.Hash}"), cancellation);
            // Its owner removed it meanwhile.
            if (response.StatusCode == HttpStatusCode.NotFound) continue;
            var files = await ClientHttp.ReadAsync(
                response, QBittorrentJson.Default.QBittorrentFileArray, cancellation);
            contents.Add(Content(torrent, files, suffix));
        }

        return contents;
    }

    public async Task<TorrentDescription?> DescriptionAsync(string infoHash, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => Get($"torrents/export?hash={infoHash}"), cancellation);
        // Before 4.5 it knows no such thing, and while a description is missing there is none.
        if (response.StatusCode != HttpStatusCode.OK) return null;
        var read = TorrentDescription.TryRead(await response.Content.ReadAsByteArrayAsync(cancellation));
        return read?.InfoHash.ToString() == infoHash ? read : null;
    }

    private static TorrentContent Content(QBittorrentTorrent torrent, QBittorrentFile[] files, string suffix)
    {
        // Before 4.4 it knew no second version, and told one hash.
        var isOld = torrent.InfohashV1 is null && torrent.InfohashV2 is null;
        return new TorrentContent(
            torrent.Hash,
            isOld ? torrent.Hash : Said(torrent.InfohashV1),
            Said(torrent.InfohashV2),
            [
                .. files.Select(f => new TorrentFile(
                    Path.Combine(torrent.SavePath ?? "", f.Name ?? ""), f.Size, f.Progress >= 1)
                {
                    IsWanted = f.Priority != 0,
                    PartPath = Path.Combine(Said(torrent.DownloadPath) ?? torrent.SavePath ?? "", f.Name + suffix),
                }),
            ])
        {
            Roots = [.. new[] { Said(torrent.SavePath), Said(torrent.DownloadPath) }.OfType<string>()],
        };
    }

    private static string? Said(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <param name="Name">From the torrent's folder.</param>
/// <param name="Progress">1 where all of it was checked.</param>
internal sealed record QBittorrentFile(string? Name, long Size, double Progress)
{
    /// <summary>0 where its owner does not want it.</summary>
    public int Priority { get; init; } = 1;
}
