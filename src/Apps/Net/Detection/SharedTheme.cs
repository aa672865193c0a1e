using System.Security.Cryptography;

namespace Anarchive.Net;

/// <summary>A theme as fleets tell one another of it.</summary>
public static class SharedTheme
{
    private const int KeyBytes = 16;

    /// <summary>The first 1,000 points: what an observation has room for, and enough to find long credits by.</summary>
    public static ReadOnlySpan<uint> Kept(Theme theme) =>
        theme.Points[..Math.Min(theme.Points.Length, NetRules.ThemePointsMax)];

    /// <summary><c>thm:</c> and the first 16 bytes of the SHA-256 of the points that are told.</summary>
    public static string KeyOf(Theme theme) => KeyOf(PointBytes.Of(Kept(theme)));

    /// <summary>The points that are told, in base64.</summary>
    public static string PointsOf(Theme theme) => Convert.ToBase64String(PointBytes.Of(Kept(theme)));

    /// <summary>How long an observation says it is, which may be longer than its points.</summary>
    public static long LengthMsOf(Theme theme) => Math.Min(theme.LengthMs, NetRules.ThemeMsMax);

    /// <summary>
    /// The theme that an observation tells of; null where its key is not of these points, its length is not theirs
    /// though none are missing, or it breaks another rule.
    /// </summary>
    public static Theme? Read(ThemeObserved said)
    {
        if (NetRules.FaultOf(said) is not null) return null;
        var bytes = Convert.FromBase64String(said.Points);
        if (!said.Key.Contains(KeyOf(bytes), StringComparer.Ordinal)) return null;
        var theme = new Theme(said.Type, PointBytes.Read(bytes), said.LengthMs);
        var isWhole = theme.Points.Length < NetRules.ThemePointsMax;
        return isWhole && theme.WholeCount - theme.Points.Length > 1 ? null : theme;
    }

    private static string KeyOf(ReadOnlySpan<byte> points) =>
        "thm:" + Convert.ToHexStringLower(SHA256.HashData(points).AsSpan(0, KeyBytes));
}
