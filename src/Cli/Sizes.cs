using System.Globalization;

namespace Anarchive.Cli;

/// <summary>Sizes as people write them.</summary>
internal static class Sizes
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ];

    /// <summary>Bytes, with a decimal unit or none; null where it is no size.</summary>
    public static long? Read(string size)
    {
        var (unit, bytes) = Units.FirstOrDefault(
            u => size.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        return decimal.TryParse(
                size[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue / bytes
                ? (long)(number * bytes)
                : null;
    }
}
