using System.Buffers.Binary;
using System.Globalization;

namespace Anarchive.Net;

/// <summary>OpenSubtitles' hash: a file's length and the 64-bit words of its first and last 64 KiB, summed.</summary>
/// <remarks>
/// Source: OpenSubtitles' wiki, "HashSourceCodes". Quick, and nothing that cannot be forged. Files shorter than both
/// ends together have none.
/// </remarks>
public static class OshHash
{
    /// <summary>What is read at either end.</summary>
    public const int EndBytes = 65_536;

    /// <param name="head">The first <see cref="EndBytes"/> of the file.</param>
    /// <param name="tail">The last ones.</param>
    /// <param name="bytes">Of the file: <see cref="ContentKey.OshBytesMin"/> or more.</param>
    /// <exception cref="ArgumentException">An end is not as long as that, or the file is too short.</exception>
    public static string KeyOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, long bytes)
    {
        if (head.Length != EndBytes || tail.Length != EndBytes) throw new ArgumentException("Ends are 64 KiB each.");
        if (bytes < ContentKey.OshBytesMin) throw new ArgumentException("The file is too short.", nameof(bytes));
        var sum = unchecked((ulong)bytes + Sum(head) + Sum(tail));
        return string.Create(CultureInfo.InvariantCulture, $"osh:{sum:x16}:{bytes}");
    }

    private static ulong Sum(ReadOnlySpan<byte> end)
    {
        var sum = 0UL;
        for (var at = 0; at < end.Length; at += sizeof(ulong))
            unchecked
            {
                sum += BinaryPrimitives.ReadUInt64LittleEndian(end[at..]);
            }

        return sum;
    }
}
