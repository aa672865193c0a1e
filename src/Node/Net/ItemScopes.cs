using Anarchive.Rings;
using Dapper;

namespace Anarchive.Node;

/// <summary>A folder that the owner opened to Net, or marked as sensitive.</summary>
public sealed record ScopedFolder(string Path, bool IsSensitive);

/// <summary>A file seen on this node's disks; its path stays here.</summary>
public sealed record LocalItem(string Key, string Path, long DurationMs);

/// <summary>What others may hear of: items in folders that the owner opened, less those marked sensitive.</summary>
/// <remarks>
/// Unknown counts as private, and of several words the strictest holds: a file that lies in a sensitive folder, too, or
/// is reached through a link into one, is sensitive. Safe from any thread.
/// </remarks>
public sealed class ItemScopes(Database database, LogWriter writer, TimeProvider time)
{
    public IReadOnlyList<ScopedFolder> Folders()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(string Path, long IsSensitive)>("SELECT path, is_sensitive FROM part_folders ORDER BY path")
                .Select(r => new ScopedFolder(r.Path, r.IsSensitive != 0)),
        ];
    }

    /// <summary>Opens a folder or marks it as sensitive; durable when it returns.</summary>
    public async Task<(ScopedFolder? Folder, Problem? Problem)> SetAsync(
        string path, bool isSensitive, CancellationToken cancellation)
    {
        if (Fault(path) is { } fault) return (null, fault);
        var folder = new ScopedFolder(RealPath.Of(path), isSensitive);
        await writer.OnWriterAsync(
            db => db.Execute(
                "INSERT OR REPLACE INTO part_folders (path, is_sensitive) VALUES (@Path, @IsSensitive)", folder),
            cancellation);
        return (folder, null);
    }

    /// <summary>False where it is not listed. Durable when it returns.</summary>
    public async Task<bool> RemoveAsync(string path, CancellationToken cancellation)
    {
        var full = Named(path);
        return await writer.OnWriterAsync(
            db => db.Execute("DELETE FROM part_folders WHERE path = @full", new { full }), cancellation) > 0;
    }

    /// <summary>Null for a folder of this machine, else not_a_directory.</summary>
    internal static Problem? Fault(string path) => Path.IsPathRooted(path) && Directory.Exists(path)
        ? null
        : new Problem("not_a_directory", 400, "There is no such folder on this machine.");

    /// <summary>The name under which a folder is listed, also one that is gone by now.</summary>
    internal static string Named(string path) =>
        Directory.Exists(path) ? RealPath.Of(path) : Path.TrimEndingDirectorySeparator(path);

    /// <summary>Whether others might hear of files in a folder, under those words.</summary>
    internal static bool IsOpen(string folder, IReadOnlyList<ScopedFolder> under) =>
        DisclosableKey.TryMake(folder, Of([folder], under)) is not null;

    /// <summary>By where a file lies.</summary>
    public ItemScope Of(string path) => Of([path], Folders());

    /// <summary>Those that others may hear of, by where each lies.</summary>
    public IReadOnlyList<string> OpenOf(IReadOnlyCollection<string> paths)
    {
        var folders = Folders();
        return [.. paths.Where(p => DisclosableKey.TryMake(p, Of([p], folders)) is not null)];
    }

    /// <summary>By where every file of that key lies that was seen here; unknown where none was.</summary>
    public ItemScope OfKey(string key) => OfKey(key, Folders());


    /// <summary>
    /// The key, where others may hear of all that it names. The owner's word that a source is open stands for the
    /// source alone: what was never seen here may lie in a sensitive folder.
    /// </summary>
    public DisclosableKey? Disclose(string key, bool isOpen) => Disclose(key, isOpen, Folders());

    /// <summary>The same, were these the words on folders.</summary>
    internal DisclosableKey? Disclose(string key, bool isOpen, IReadOnlyList<ScopedFolder> under)
    {
        var scope = OfKey(key, under);
        if (isOpen && scope.IsSensitive == false) scope = scope with { Source = SourceAccess.Open };
        return DisclosableKey.TryMake(key, scope);
    }

    /// <summary>Remembers files that were looked at; durable when it returns.</summary>
    public Task SeenAsync(IReadOnlyList<LocalItem> items, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // A disk that hangs is not to hold the writer up.
        var rows = items.Select(i => new { i.Key, Path = RealPath.Of(i.Path), i.DurationMs, now }).ToList();
        return writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT OR REPLACE INTO part_items (key, path, duration_ms, seen_ms)
                VALUES (@Key, @Path, @DurationMs, @now)
                """,
                rows),
            cancellation);
    }

    /// <summary>Files of that key seen here.</summary>
    public IReadOnlyList<LocalItem> Items(string key)
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(string Key, string Path, long DurationMs)>(
                "SELECT key, path, duration_ms FROM part_items WHERE key = @key ORDER BY path", new { key })
                .Select(r => new LocalItem(r.Key, r.Path, r.DurationMs)),
        ];
    }

    /// <summary>Keys of files seen within a folder.</summary>
    public IReadOnlyList<string> KeysWithin(string folder)
    {
        // Paths within begin with the folder's and a separator; the next character ends that range.
        var within = folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar;
        var beyond = within[..^1] + (char)(Path.DirectorySeparatorChar + 1);
        using var db = database.OpenReader();
        return
        [
            .. db.Query<string>(
                """
                SELECT DISTINCT key FROM part_items
                WHERE path = @folder OR (path >= @within AND path < @beyond)
                """,
                new { folder, within, beyond }),
        ];
    }

    private ItemScope OfKey(string key, IReadOnlyList<ScopedFolder> under)
    {
        using var db = database.OpenReader();
        var paths = db.Query<string>("SELECT path FROM part_items WHERE key = @key", new { key }).ToList();
        return paths.Count == 0 ? default : Of(paths, under);
    }

    private static ItemScope Of(IReadOnlyCollection<string> paths, IReadOnlyList<ScopedFolder> folders)
    {
        var real = paths.Select(RealPath.Of).ToList();
        var all = real.Concat(paths.Select(Path.GetFullPath)).Distinct().ToList();
        var isSensitive = folders.Any(f => f.IsSensitive && all.Exists(p => IsWithin(p, f.Path)));
        var isOpen = folders.Any(f => !f.IsSensitive && real.Exists(p => IsWithin(p, f.Path)));
        return new ItemScope(isSensitive, isOpen ? SourceAccess.Open : SourceAccess.Unknown);
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(
            folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);
}
