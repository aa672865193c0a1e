using System.Text.Json.Nodes;

namespace Anarchive.Node;

/// <summary>Where the files of its torrents lie.</summary>
public sealed partial class TransmissionRpc : ITorrentContents
{
    // An answer holds at most 16 MiB, and a torrent may have thousands of files.
    private const int TorrentsAtOnce = 50;

    private static readonly JsonArray ContentFields = new("hashString", "downloadDir", "files", "fileStats");

    public async Task<IReadOnlyList<TorrentContent>> ContentsAsync(string? infoHash, CancellationToken cancellation)
    {
        var hashes = infoHash is null
            ? [.. (await GetAsync(null, cancellation)).Select(t => t.HashString)]
            : new[] { infoHash };
        var incomplete = (await SessionAsync(cancellation)).IncompleteDirectory;
        return [.. (await GetAsync(hashes, ContentFields, cancellation)).Select(t => Content(t, incomplete))];
    }

    public async Task<TorrentDescription?> DescriptionAsync(string infoHash, CancellationToken cancellation)
    {
        var said = await CallAsync(
            "torrent-get",
            new JsonObject
            {
                ["ids"] = new JsonArray(infoHash),
                ["fields"] = new JsonArray("hashString", "torrentFile"),
            },
            cancellation);
        // It keeps a copy of its own on this machine, and tells where.
        if (said.Torrents?.FirstOrDefault()?.TorrentFile is not { Length: > 0 } path) return null;
        try
        {
            if (FileStat.Of(path) is not { IsFile: true, SizeBytes: <= TorrentDescription.BytesMax }) return null;
            var read = TorrentDescription.TryRead(await File.ReadAllBytesAsync(path, cancellation));
            return read?.InfoHash.ToString() == infoHash ? read : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>So many at once as an answer can hold; without those that its owner removed meanwhile.</summary>
    private async Task<IReadOnlyList<TransmissionTorrent>> GetAsync(
        IEnumerable<string> hashes, JsonArray fields, CancellationToken cancellation)
    {
        var torrents = new List<TransmissionTorrent>();
        foreach (var some in hashes.Chunk(TorrentsAtOnce))
        {
            var said = await CallAsync(
                "torrent-get",
                new JsonObject
                {
                    ["ids"] = new JsonArray([.. some.Select(h => (JsonNode)h)]),
                    ["fields"] = fields.DeepClone(),
                },
                cancellation);
            torrents.AddRange(said.Torrents ?? throw ClientHttp.Refused());
        }

        return torrents;
    }

    /// <remarks>Of a torrent of both versions it tells the first, and reads no other (4.0).</remarks>
    private static TorrentContent Content(TransmissionTorrent torrent, string? incomplete) => new(
        torrent.HashString, torrent.HashString, null,
        [
            .. (torrent.Files ?? []).Select((f, i) => new TorrentFile(
                Path.Combine(torrent.DownloadDir ?? "", f.Name ?? ""), f.Length, f.BytesCompleted >= f.Length)
            {
                PartPath = PartPath(torrent.DownloadDir ?? "", incomplete, f.Name ?? ""),
                IsWanted = torrent.FileStats?.ElementAtOrDefault(i)?.Wanted != false,
            }),
        ])
    {
        Roots = [.. new[] { torrent.DownloadDir, incomplete }.OfType<string>().Where(f => f.Length > 0)],
    };

    /// <summary>Until a torrent is whole it may lie in another folder, and what is not whole by another name.</summary>
    private static string PartPath(string folder, string? incomplete, string name)
    {
        if (incomplete is null) return Path.Combine(folder, name);
        var part = Path.Combine(incomplete, name);
        return File.Exists(part) || File.Exists(part + ".part") ? part : Path.Combine(folder, name);
    }
}

internal sealed record TransmissionFileStat(bool Wanted);

/// <param name="Name">From the torrent's folder.</param>
internal sealed record TransmissionFile(string? Name, long Length, long BytesCompleted);
