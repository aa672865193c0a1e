using System.Buffers;

namespace Anarchive.Net;

/// <summary>A CRC-32 of eight hexadecimal digits alone in brackets, the last one if there are several.</summary>
internal static class ChecksumRule
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static void Apply(NameReading reading)
    {
        foreach (var block in reading.Blocks)
        {
            var text = reading.Text.AsSpan(
                reading.Tokens[block.First].End, reading.Tokens[block.Last].Start - reading.Tokens[block.First].End);
            if (text.Length != 8 || text.ContainsAnyExcept(Hex)) continue;
            // "[20240131]" is a day.
            if (block.First == 0 || IsDay(reading, block.First + 1)) continue;
            reading.Checksum = text.ToString().ToUpperInvariant();
            reading.Claim(block.First, block.Last + 1, NameRole.Checksum);
        }
    }

    private static bool IsDay(NameReading reading, int at) =>
        reading.IsDigits(at) && reading.LengthOf(at) == 8
        && reading.ValueOf(at) is >= 19000101 and <= 20991231
        && reading.ValueOf(at) / 100 % 100 is >= 1 and <= 12 && reading.ValueOf(at) % 100 is >= 1 and <= 31;
}
