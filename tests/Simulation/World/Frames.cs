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
    private readonly Dictionary<Hash256, byte[]> _saved = [];

    public byte[]? Find(Hash256 file) => _saved.GetValueOrDefault(file);

    public void Save(GroupId group, Hash256 file, ReadOnlyMemory<byte> bytes) => _saved[file] = bytes.ToArray();
}
