using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Names what a cull would take, for whoever is shown it and agrees.</summary>
public static class CullPlan
{
    private static ReadOnlySpan<byte> Domain => "anarchive/v1/cull\0"u8;

    /// <summary>Of the rows that go, in their order, and of the limits by which the node goes on culling.</summary>
    /// <param name="budgetBytes">Null for none.</param>
    public static Hash256 IdOf(long? budgetBytes, bool cullsManual, IReadOnlyList<CacheCull> culls)
    {
        var content = new byte[sizeof(long) + 1 + (culls.Count * Hash256.Size)];
        BinaryPrimitives.WriteInt64BigEndian(content, budgetBytes ?? -1);
        content[sizeof(long)] = cullsManual ? (byte)1 : (byte)0;
        var rest = content.AsSpan(sizeof(long) + 1);
        foreach (var cull in culls)
        {
            cull.Item.Value.CopyTo(rest);
            rest = rest[Hash256.Size..];
        }

        return Hash256.Sha256(Domain, content);
    }
}
