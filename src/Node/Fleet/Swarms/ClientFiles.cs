using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What torrents have on a volume, by paths from its root, parts divided by slashes.</summary>
/// <param name="Whole">Every byte was checked by the client.</param>
/// <param name="Coming">The client still fetches or checks them, or never will have them whole.</param>
public sealed record TorrentPlaces(IReadOnlySet<string> Whole, IReadOnlySet<string> Coming)
{
    /// <summary>False while a client that has torrents has told nothing of them since this node started.</summary>
    public bool IsTold { get; init; } = true;

    public static TorrentPlaces None { get; } = new(new HashSet<string>(), new HashSet<string>());
}

/// <summary>What the torrents of this device have on one of its volumes, as the client told last.</summary>
public delegate TorrentPlaces TorrentPlacesOn(LocalVolume volume);

/// <summary>Where the files of this device's torrents lie, as its client told last. Any thread.</summary>
public sealed class ClientFiles(
    TorrentHost host, NodeOptions options, TimeProvider time, ILogger<ClientFiles> log)
{
    /// <summary>Whoever is about to let a file go asks the client anew, unless it just was.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    // What clients call a file that is not whole.
    private static readonly string[] Suffixes = ["", ".part", ".!qB"];

    private volatile Seen _seen = new([], null, Failed: false);

    public IReadOnlyList<TorrentContent> Torrents => _seen.Torrents;

    /// <summary>
    /// False while the client that the owner chose was not asked yet, or did not answer last: nobody knows then which
    /// files its torrents need.
    /// </summary>
    public bool IsKnown => !IsChosen || IsTold;

    /// <summary>True where a client told of all its torrents when it was asked last.</summary>
    public bool IsTold => _seen is { AtMs: not null, Failed: false };

    /// <summary>
    /// False while the client has told nothing since this node started: nobody knows then which files it still fetches.
    /// </summary>
    public bool WasTold => !IsChosen || _seen.AtMs is not null;

    /// <summary>One of the owner's, that tells its files; this node's own client holds nothing of volumes.</summary>
    private bool IsChosen =>
        TorrentClientChoice.TryParse(options.TorrentClient) is { IsOwn: false, Kind: not "aria2" };

    /// <summary>Asks the client, unless it just was. One that does not answer leaves what was known.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (_seen is { Failed: false, AtMs: { } atMs } && Math.Abs(nowMs - atMs) < FreshFor.TotalMilliseconds) return;
        await LookNowAsync(cancellation);
    }

    /// <summary>Asks the client.</summary>
    public async Task LookNowAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (host.Client is not ITorrentContents client)
        {
            // One that does not run now has its torrents still.
            _seen = IsChosen ? _seen with { Failed = true } : new Seen([], null, Failed: false);
            return;
        }

        try
        {
            _seen = new Seen(await client.ContentsAsync(null, cancellation), nowMs, Failed: false);
        }
        catch (CarrierException silent)
        {
            NodeLog.ClientFailed(log, silent.Code);
            _seen = _seen with { Failed = true };
        }
    }

    /// <summary>What torrents have on a volume.</summary>
    public TorrentPlaces On(LocalVolume volume)
    {
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var coming = new HashSet<string>(StringComparer.Ordinal);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in _seen.Torrents.SelectMany(t => t.Files))
        {
            if (file.IsComplete)
            {
                if (PathOn(volume, file.FullPath, folders) is { } path) whole.Add(path);
                continue;
            }

            if (PathOn(volume, file.FullPath, folders) is { } place) coming.UnionWith(Suffixes.Select(s => place + s));
            if (PathOn(volume, file.PartPath, folders) is { } part) coming.Add(part);
        }

        // Where two torrents share a file, the one that has it whole is right.
        coming.ExceptWith(whole);
        return new TorrentPlaces(whole, coming) { IsTold = WasTold };
    }

    /// <summary>The torrents that need a file by its path, or by another name of the same bytes (D7).</summary>
    internal IReadOnlyList<FileReference> ReferencesTo(string fullPath, FileStat stat)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<FileReference>();
        foreach (var torrent in _seen.Torrents)
            foreach (var file in torrent.Files)
            {
                if (Resolve(file.FullPath, folders) is not { } real) continue;
                var isHere = string.Equals(real, fullPath, StringComparison.Ordinal);
                // A hard link of it has its size.
                if (!isHere && file.SizeBytes != stat.SizeBytes) continue;
                var inode = isHere ? stat.Inode : InodeOf(real, stat.Device);
                if (inode is { } known)
                    found.Add(new FileReference(ReferenceKind.Torrent, torrent.InfoHash, (ulong)known, real));
            }

        return found;
    }

    /// <summary>The path without links in its folders; null for what is no absolute path, or no path at all.</summary>
    internal static string? Resolve(string fullPath, Dictionary<string, string> folders)
    {
        if (!Path.IsPathRooted(fullPath) || fullPath.Contains('\0')) return null;
        var full = Path.GetFullPath(fullPath);
        if (Path.GetDirectoryName(full) is not { } folder) return null;
        if (!folders.TryGetValue(folder, out var real)) folders[folder] = real = RealPath.Of(folder);
        return Path.Combine(real, Path.GetFileName(full));
    }

    private static string? PathOn(LocalVolume volume, string fullPath, Dictionary<string, string> folders) =>
        Resolve(fullPath, folders) is { } real && Volumes.IsWithin(real, volume.Root)
        && !Volumes.IsWithin(real, Path.Combine(volume.Root, VolumeMarker.Folder))
            ? Path.GetRelativePath(volume.Root, real)
            : null;

    private static long? InodeOf(string path, long device)
    {
        try
        {
            return FileStat.Of(path) is { IsFile: true } stat && stat.Device == device ? stat.Inode : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Seen(IReadOnlyList<TorrentContent> Torrents, long? AtMs, bool Failed);
}
