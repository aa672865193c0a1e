using System.Buffers.Binary;

namespace Anarchive.Net;

/// <summary>Points of a fingerprint as bytes: 32 bits each, the low byte first.</summary>
public static class PointBytes
{
    /// <summary>Bytes after the last whole point are dropped.</summary>
    public static uint[] Read(ReadOnlySpan<byte> bytes)
    {
        var points = new uint[bytes.Length / 4];
        for (var at = 0; at < points.Length; at++)
            points[at] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * at)..]);
        return points;
    }

    public static void Write(ReadOnlySpan<uint> points, Span<byte> bytes)
    {
        for (var at = 0; at < points.Length; at++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * at)..], points[at]);
    }

    public static byte[] Of(ReadOnlySpan<uint> points)
    {
        var bytes = new byte[4 * points.Length];
        Write(points, bytes);
        return bytes;
    }
}
