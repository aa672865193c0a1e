using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What torrents have on a volume, by paths from its root, parts divided by slashes.</summary>
/// <param name="Whole">Every byte was checked by the client.</param>
/// <param name="Coming">The client still fetches or checks them, or never will have them whole.</param>
public sealed record TorrentPlaces(IReadOnlySet<string> Whole, IReadOnlySet<string> Coming)
{
    /// <summary>False while a client that has torrents has told nothing of them since this node started.</summary>
    public bool WasTold { get; init; } = true;

    public static TorrentPlaces None { get; } = new(new HashSet<string>(), new HashSet<string>());
}

/// <summary>What the torrents of this device have on one of its volumes, as the client told last.</summary>
public delegate TorrentPlaces TorrentPlacesOn(LocalVolume volume);

/// <summary>Where the files of this device's torrents lie, as its client told last. Any thread.</summary>
public sealed class ClientFiles(
    TorrentHost host, NodeOptions options, TimeProvider time, ILogger<ClientFiles> log) : IDisposable
{
    /// <summary>So many torrents, or a tenth, may leave a client between two looks.</summary>
    private const int LostMax = 5;

    /// <summary>Whoever is about to let a file go asks the client anew, unless it just was.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    // What clients call a file that is not whole.
    private static readonly string[] Suffixes = ["", ".part", ".!qB"];

    private readonly SemaphoreSlim _looking = new(1);
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
    public Task LookAsync(CancellationToken cancellation) => LookAsync(evenIfFresh: false, cancellation);

    /// <summary>Asks the client.</summary>
    public Task LookNowAsync(CancellationToken cancellation) => LookAsync(evenIfFresh: true, cancellation);

    public void Dispose() => _looking.Dispose();

    private async Task LookAsync(bool evenIfFresh, CancellationToken cancellation)
    {
        // One after the other, so that what was asked for last is what is known.
        await _looking.WaitAsync(cancellation);
        try
        {
            if (!evenIfFresh && _seen is { Failed: false, AtMs: { } atMs } && !IsPast(atMs)) return;
            if (host.Client is ITorrentContents client)
                _seen = After(_seen, await client.ContentsAsync(null, cancellation));
            else
                // One that does not run now has its torrents still.
                _seen = IsChosen ? _seen with { Failed = true } : new Seen([], null, Failed: false);
        }
        catch (CarrierException silent)
        {
            NodeLog.ClientFailed(log, silent.Code);
            _seen = _seen with { Failed = true };
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>
    /// A client that lost most of its torrents at once may be loading them still: what it told before counts until it
    /// says so again, some time later.
    /// </summary>
    private Seen After(Seen before, IReadOnlyList<TorrentContent> told)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lost = before.Torrents.Select(t => t.InfoHash).Except(told.Select(t => t.InfoHash)).Count();
        var isMuch = lost > 0 && (told.Count == 0 || lost > Math.Max(LostMax, before.Torrents.Count / 10));
        if (!isMuch || (before.LostMs is { } lostMs && IsPast(lostMs))) return new Seen(told, nowMs, Failed: false);
        return before with { Failed = true, LostMs = before.LostMs ?? nowMs };
    }

    private bool IsPast(long atMs) =>
        Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - atMs) >= FreshFor.TotalMilliseconds;

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

            coming.UnionWith(PlacesOf(file).Select(p => PathOn(volume, p, folders)).OfType<string>());
        }

        // Where two torrents share a file, the one that has it whole is right.
        coming.ExceptWith(whole);
        return new TorrentPlaces(whole, coming) { WasTold = WasTold };
    }

    /// <summary>The torrents that need a file by its path, or by another name of the same bytes (D7).</summary>
    internal IReadOnlyList<FileReference> ReferencesTo(string fullPath, FileStat stat)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<FileReference>();
        foreach (var torrent in _seen.Torrents)
            foreach (var file in torrent.Files)
                if (ReferenceTo(fullPath, stat, file, folders) is { } inode)
                    found.Add(new FileReference(ReferenceKind.Torrent, torrent.InfoHash, (ulong)inode, fullPath));
        return found;
    }

    /// <summary>The file's inode where a torrent's file is that file, or may be; else null.</summary>
    private static long? ReferenceTo(
        string fullPath, FileStat stat, TorrentFile file, Dictionary<string, string> folders)
    {
        // Nearly every file of every torrent: nothing is asked of the disk for it.
        if (file.SizeBytes != stat.SizeBytes && !PlacesOf(file).Any(p => IsNamedAs(p, fullPath))) return null;
        var places = PlacesOf(file).Select(p => Resolve(p, folders)).OfType<string>().ToList();
        if (places.Contains(fullPath, StringComparer.Ordinal)) return stat.Inode;
        // A hard link of it has its size.
        if (file.SizeBytes != stat.SizeBytes) return null;
        var inodes = places.Select(p => InodeOf(p, stat.Device)).ToList();
        if (inodes.Contains(stat.Inode)) return stat.Inode;
        // The client says that it has it, and it is not where it should be: any of its size may be it.
        return file.IsComplete && inodes.All(i => i is null) ? stat.Inode : null;
    }

    /// <summary>Links in folders change nothing of a file's last name.</summary>
    private static bool IsNamedAs(string path, string other) =>
        Path.GetFileName(path.AsSpan()).SequenceEqual(Path.GetFileName(other.AsSpan()));

    /// <summary>Where the client may keep a file, by every name that it may give it meanwhile.</summary>
    private static IEnumerable<string> PlacesOf(TorrentFile file)
    {
        var part = Suffixes.FirstOrDefault(s => s.Length > 0 && file.PartPath.EndsWith(s, StringComparison.Ordinal));
        return new[] { file.FullPath, file.PartPath[..^(part?.Length ?? 0)] }.Distinct(StringComparer.Ordinal)
            .SelectMany(p => Suffixes.Select(s => p + s));
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

    /// <summary>0 for one on another file system, and null where there is none.</summary>
    private static long? InodeOf(string path, long device)
    {
        try
        {
            return FileStat.Of(path) is { IsFile: true } stat ? stat.Device == device ? stat.Inode : 0 : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <param name="AtMs">When the client had told.</param>
    /// <param name="LostMs">Since when it tells of few of those; null where it does not.</param>
    private sealed record Seen(IReadOnlyList<TorrentContent> Torrents, long? AtMs, bool Failed, long? LostMs = null);
}
