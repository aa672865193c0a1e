using System.Buffers.Binary;
using System.Text;

namespace Anarchive.Tests.Integration;

internal enum DiskCallKind : byte
{
    Open = 1,
    Close,
    Write,
    Truncate,
    Sync,
    Rename,
    Unlink,
    Link,
    MakeDirectory,
    RemoveDirectory,
    Unknown,
    FailedSync,
}

/// <summary>One call of a watched process that changed its disk or made a change durable.</summary>
/// <param name="Created">An open made the file.</param>
/// <param name="At">Offset of a write, length after a truncation.</param>
/// <param name="Path">As the call named it; of a sync, what the descriptor stands for.</param>
/// <param name="Other">The new name of a rename or link.</param>
internal sealed record DiskCall(
    DiskCallKind Kind, bool Created, int Descriptor, long At, string Path, string Other, ReadOnlyMemory<byte> Data)
{
    private const int HeaderBytes = 24;

    /// <summary>In the order in which they took effect; the layout is that of diskwatch.c.</summary>
    public static IReadOnlyList<DiskCall> ReadAll(string trace)
    {
        var calls = new List<DiskCall>();
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(trace);
        while (rest.Length > 0)
        {
            var header = rest.Span[..HeaderBytes];
            var (kind, created) = ((DiskCallKind)header[0], header[1] != 0);
            var path = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
            var other = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
            var descriptor = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
            var data = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            var at = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
            rest = rest[HeaderBytes..];
            calls.Add(new DiskCall(
                kind, created, descriptor, at,
                Encoding.UTF8.GetString(rest.Span[..path]),
                Encoding.UTF8.GetString(rest.Span.Slice(path, other)),
                rest.Slice(path + other, data)));
            rest = rest[(path + other + data)..];
        }

        return calls;
    }
}
