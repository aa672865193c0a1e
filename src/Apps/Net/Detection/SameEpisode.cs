using System.Numerics;

namespace Anarchive.Net;

/// <summary>Tells two versions of one episode from two episodes.</summary>
/// <remarks>
/// All of one version is in the other, so nothing that both hold is an intro. Episodes share a theme, and their other
/// sound differs in nearly half of its bits; versions differ in few anywhere.
/// </remarks>
public static class SameEpisode
{
    /// <summary>Less than a minute in common decides nothing, unless that is most of a short file.</summary>
    private const int PointsMin = 485;

    /// <summary>Whether both windows, which begin their files, hold one episode.</summary>
    public static bool Is(SoundWindow first, SoundWindow second)
    {
        for (var shift = -DetectionLimits.VersionShiftMax; shift <= DetectionLimits.VersionShiftMax; shift++)
            if (IsAt(first.Points, second.Points, shift)) return true;
        return false;
    }

    /// <summary>For each window the number of its episode: equal for versions of one, counted from 0.</summary>
    public static IReadOnlyList<int> Groups(IReadOnlyList<SoundWindow> heads)
    {
        var groups = new int[heads.Count];
        var count = 0;
        for (var at = 0; at < heads.Count; at++)
        {
            var known = -1;
            for (var before = 0; before < at && known < 0; before++)
                if (Is(heads[before], heads[at])) known = groups[before];
            groups[at] = known >= 0 ? known : count++;
        }

        return groups;
    }

    private static bool IsAt(ReadOnlySpan<uint> first, ReadOnlySpan<uint> second, int shift)
    {
        var start = Math.Max(0, -shift);
        var count = Math.Min(DetectionLimits.VersionPoints, Math.Min(first.Length, second.Length - shift) - start);
        var most = Math.Min(first.Length, second.Length) * 9 / 10;
        if (count < Math.Clamp(most, DetectionLimits.RangeMin, PointsMin)) return false;
        // Integers: 32 bits a point, compared per mille.
        var limit = 32L * count * DetectionLimits.VersionBitsApart / 1_000;
        long apart = 0;
        for (var at = start; at < start + count; at++)
        {
            apart += BitOperations.PopCount(first[at] ^ second[at + shift]);
            if (apart >= limit) return false;
        }

        return true;
    }
}
