using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Anarchive.Net;

/// <summary>Ids of what is exported: equal for equal markers, on every node and at every time.</summary>
internal static class StableId
{
    /// <summary>A UUID of version 8 (RFC 9562, section 5.8) from a SHA-256.</summary>
    public static Guid Of(ExportMarker marker, string within)
    {
        Span<byte> bytes = stackalloc byte[16];
        Hash(marker, within).AsSpan(0, 16).CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public static string Hex(ExportMarker marker, string within) => Convert.ToHexStringLower(Hash(marker, within));

    private static byte[] Hash(ExportMarker m, string within) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"anarchive/export\0{within}\0{m.Key}\0{m.Type}\0{m.N}\0{m.StartMs}\0{m.StopMs}")));
}
