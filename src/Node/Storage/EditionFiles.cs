using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Editions in the data directory, one file each, named by group and edition.</summary>
/// <remarks>An older one stays: a peer may be reading it, and after a crash the database may still name it.</remarks>
public sealed class EditionFiles(DataDirectory directory) : IEditionFiles
{
    private const int BufferBytes = 1024 * 1024;

    // The list of pieces of the largest edition, and its signature.
    private const int SealBytesMax = 1024 * 1024;

    /// <summary>Where that edition is, if it is here.</summary>
    public string PathOf(GroupId group, Hash256 file) =>
        Path.Combine(directory.EditionDirectory, $"{group}.{file}.jsonl");

    /// <summary>Where it grows while it is fetched.</summary>
    public string PartOf(GroupId group, Hash256 file) => PathOf(group, file) + ".part";

    /// <summary>Room left where editions are.</summary>
    public long FreeBytes => DiskSpace.FreeBytes(directory.EditionDirectory);

    /// <summary>Deletes what was begun of other editions of the group and never became whole.</summary>
    public void DeleteOtherParts(GroupId group, Hash256 file)
    {
        foreach (var path in Directory.EnumerateFiles(directory.EditionDirectory, $"{group}.*.part"))
            if (path != PartOf(group, file)) File.Delete(path);
    }

    public EditionSeal Save(GroupId group, IEnumerable<ReadOnlyMemory<byte>> lines, Func<Hash256, byte[]> sign)
    {
        var temporary = Path.Combine(directory.EditionDirectory, $"{group}.new");
        EditionSeal seal;
        using (var to = Create(temporary, FileMode.Create))
        using (var maker = new EditionSeal.Maker())
        {
            foreach (var line in lines)
            {
                Add(line.Span);
                Add("\n"u8);
            }

            seal = maker.Finish(sign);
            to.Write(seal.Write());
            to.Write("\n"u8);
            to.Flush(flushToDisk: true);

            void Add(ReadOnlySpan<byte> bytes)
            {
                to.Write(bytes);
                maker.Add(bytes);
            }
        }

        Publish(temporary, PathOf(group, seal.Name));
        return seal;
    }

    public EditionSeal? SealOf(GroupId group, Hash256 file)
    {
        var path = PathOf(group, file);
        if (!File.Exists(path)) return null;
        using var from = File.OpenRead(path);
        var tail = new byte[Math.Min(from.Length, SealBytesMax)];
        from.Seek(-tail.Length, SeekOrigin.End);
        from.ReadExactly(tail);
        if (tail.Length == 0 || tail[^1] != (byte)'\n') return null;
        var line = tail.AsSpan(0, tail.Length - 1);
        var seal = EditionSeal.TryRead(line[(line.LastIndexOf((byte)'\n') + 1)..]);
        return seal?.Name == file ? seal : null;
    }

    public IEnumerable<ReadOnlyMemory<byte>> Lines(GroupId group, Hash256 file)
    {
        var left = SealOf(group, file)?.Bytes ?? 0;
        using var from = File.OpenRead(PathOf(group, file));
        var buffer = new byte[BufferBytes];
        var (start, end) = (0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer.AsMemory(start, length);
                start += length + 1;
                continue;
            }

            if (left == 0 && start == end) yield break;
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = end > Limits.EditionLineBytesMax
                ? 0
                : from.Read(buffer, end, (int)Math.Min(left, buffer.Length - end));
            if (read == 0)
            {
                yield return default;
                yield break;
            }

            (end, left) = (end + read, left - read);
        }
    }

    public void Delete(GroupId group, Hash256 file)
    {
        File.Delete(PathOf(group, file));
        File.Delete(PartOf(group, file));
    }

    /// <summary>Opens a private file for reading and writing.</summary>
    internal static FileStream Create(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        BufferSize = BufferBytes,
        UnixCreateMode = DurableFile.PrivateFile,
    });

    /// <summary>Gives a file that is on disk its name.</summary>
    internal static void Publish(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
