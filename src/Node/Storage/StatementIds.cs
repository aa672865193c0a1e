using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Ids as columns: 32-byte blobs, and 8-byte big-endian ones for incarnations, so that they sort as ids.
/// </summary>
internal static class StatementIds
{
    public static Statement Bind(this Statement statement, int index, Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        value.CopyTo(bytes);
        return statement.Bind(index, bytes);
    }

    public static Statement Bind(this Statement statement, int index, Incarnation value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value.Value);
        return statement.Bind(index, bytes);
    }

    public static Hash256 Hash(this Statement statement, int column) => new(statement.Blob(column));

    /// <summary>A chain of its two columns in <c>chains</c>.</summary>
    public static ChainId Chain(byte[] origin, byte[] incarnation) => new(
        new NodeId(new Hash256(origin)), new Incarnation(BinaryPrimitives.ReadUInt64BigEndian(incarnation)));

    public static Incarnation Incarnation(this Statement statement, int column) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(statement.Blob(column)));
}
