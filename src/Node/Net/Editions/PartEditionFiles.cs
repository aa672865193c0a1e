using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>An edition's file on disk, and what a manifest says of it.</summary>
public sealed record SavedEdition(string Path, EditionBlob Blob, Metainfo Torrent);

/// <summary>Files of Net's editions under one directory, in a folder for each group.</summary>
/// <remarks>
/// A file has its name only once it is whole and on disk. Not thread-safe within one group; files that have their name
/// may be read at any time.
/// </remarks>
public sealed class PartEditionFiles(string directory)
{
    /// <summary>Where that file is, or would be.</summary>
    public string PathOf(GroupId group, string name) => Path.Combine(FolderOf(group), name);

    /// <summary>Names of the files of a group that are whole.</summary>
    public IReadOnlyList<string> Names(GroupId group)
    {
        var folder = FolderOf(group);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.jsonl.br").Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Compresses lines into a file of that part and number; durable when it returns.</summary>
    public SavedEdition Save(GroupId group, string part, long seq, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var folder = FolderOf(group);
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (isNew) DurableFile.SyncDirectory(Path.GetDirectoryName(folder)!);
        // Left behind by a process that died before the rename; one writer at a time makes a group's editions.
        var temporary = Path.Combine(folder, ".new");
        long raw, rows;
        using (var to = EditionFiles.Create(temporary, FileMode.Create))
        {
            (raw, rows) = BrotliLines.Write(to, lines);
            to.Flush(flushToDisk: true);
        }

        var saved = Describe(temporary, group, part, seq, raw, rows);
        EditionFiles.Publish(temporary, saved.Path);
        return saved;
    }

    /// <summary>Gone when it returns, if it was there.</summary>
    public void Delete(GroupId group, string name) => File.Delete(PathOf(group, name));

    private SavedEdition Describe(string file, GroupId group, string part, long seq, long raw, long rows)
    {
        using var from = File.OpenRead(file);
        var digest = EditionDigest.Of(from, from.Length) ?? throw new IOException("A file changed while it was read.");
        var sha = digest.Sha256.ToString();
        var name = EditionName.Of(part, seq, sha);
        var torrent = Metainfo.Make(name, digest.Bytes, digest.Pieces, EditionName.Source(group.ToString()));
        var blob = new EditionBlob(
            name, digest.Bytes, raw, rows, EditionBlob.Brotli, sha, torrent.InfoHash.ToString(), torrent.PieceLength,
            digest.PiecesRoot.ToString());
        return new SavedEdition(PathOf(group, name), blob, torrent);
    }

    private string FolderOf(GroupId group) => Path.Combine(directory, group.ToString());
}
