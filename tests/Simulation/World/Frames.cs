using System.Buffers;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>Batches as they travel: one frame after the other.</summary>
internal static class Frames
{
    public static byte[] Write(IEnumerable<Batch> batches)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var batch in batches) BatchFraming.Write(batch, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Up to the first frame that cannot be read.</summary>
    public static IReadOnlyList<Batch> Read(ReadOnlyMemory<byte> bytes)
    {
        var batches = new List<Batch>();
        while (!bytes.IsEmpty)
        {
            var length = BatchFraming.FrameLength(bytes.Span, out _);
            if (length == 0 || length > bytes.Length) break;
            if (BatchFraming.TryRead(bytes[..length], out _) is not { } batch) break;
            batches.Add(batch);
            bytes = bytes[length..];
        }

        return batches;
    }
}

/// <summary>A node's editions; they outlive a crash, as files do.</summary>
internal sealed class MemoryEditions : Anarchive.Node.IEditionFiles
{
    private readonly Dictionary<Hash256, EditionText> _saved = [];

    public EditionText? Find(Hash256 file) => _saved.GetValueOrDefault(file);

    public void Put(EditionText edition) => _saved[edition.Seal.Name] = edition;

    public EditionSeal Save(GroupId group, IEnumerable<ReadOnlyMemory<byte>> lines, Func<Hash256, byte[]> sign)
    {
        using var maker = new EditionSeal.Maker();
        var all = new List<byte[]>();
        foreach (var line in lines)
        {
            all.Add(line.ToArray());
            maker.Add(line.Span);
            maker.Add("\n"u8);
        }

        var edition = new EditionText(all, maker.Finish(sign));
        Put(edition);
        return edition.Seal;
    }

    public EditionSeal? SealOf(GroupId group, Hash256 file) => Find(file)?.Seal;

    public IEnumerable<ReadOnlyMemory<byte>> Lines(GroupId group, Hash256 file) =>
        _saved[file].Lines.Select(line => (ReadOnlyMemory<byte>)line);

    public void Delete(GroupId group, Hash256 file) => _saved.Remove(file);
}

/// <summary>An edition's lines and the seal over them.</summary>
internal sealed record EditionText(IReadOnlyList<byte[]> Lines, EditionSeal Seal);
