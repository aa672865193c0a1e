namespace Anarchive.Net;

/// <summary>The version of a release: "09v2", "[v2]", "V3". Proper and repack are quality words.</summary>
internal static class VersionRule
{
    /// <summary>Takes "v2" right behind a number; returns the token behind it.</summary>
    public static int TakeSuffix(NameReading reading, int at)
    {
        if (!IsVersion(reading, at)) return at;
        reading.Version = Math.Max(reading.Version, reading.ValueOf(at + 1));
        return at + 2;
    }

    /// <summary>Takes the version that stands as a word of its own, behind the title's first word.</summary>
    public static void Apply(NameReading reading)
    {
        for (var at = reading.TitleStart + 1; at < reading.Count; at++)
        {
            if (!IsVersion(reading, at) || !reading.StartsWord(at)) continue;
            reading.Version = Math.Max(reading.Version, reading.ValueOf(at + 1));
            reading.Claim(at, at + 2, NameRole.Version);
        }
    }

    private static bool IsVersion(NameReading reading, int at) =>
        reading.IsFree(at) && reading.IsWord(at, "v") && reading.IsNumber(at + 1, 1, 1)
        && reading.ValueOf(at + 1) > 0 && reading.EndsWord(at + 2);
}
