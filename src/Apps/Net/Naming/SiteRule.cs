using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>Web addresses that indexers put around names: "[ www.example.com ] - ", "example.org - ".</summary>
internal static class SiteRule
{
    private static readonly FrozenSet<string> TopLevel =
        ("com net org io to me tv cc info biz ws gov edu eu uk us au nz za ca de fr it es pt nl be at ch se pl cz sk hu"
        + " hr ro bg gr ru ua tr br mx ar jp cn kr in se").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public static void Apply(NameReading reading)
    {
        foreach (var block in reading.Blocks)
        {
            var first = reading.SkipSpace(block.First + 1);
            var end = reading.SkipSpaceBack(block.Last - 1) + 1;
            if (first < end && (Host(reading, first) == end || HoldsWww(reading, first, end)))
                reading.Claim(block.First, block.Last + 1, NameRole.Site);
        }

        var start = reading.SkipSpace(0);
        var stop = Host(reading, start);
        // Unbracketed it needs its hyphen: "Title.to - 05" has none right behind.
        if (stop > 0 && reading.IsSpace(stop) && reading.IsSingleDash(stop + 1)
            && reading.IsSpace(stop + 2) && stop + 3 < reading.Count)
            reading.Claim(0, stop + 3, NameRole.Site);
    }

    /// <summary>The token behind a host name of at least two labels; -1 where there is none.</summary>
    private static int Host(NameReading reading, int at)
    {
        var labels = 0;
        while (true)
        {
            var label = at;
            while (reading.IsLetters(at) || reading.IsDigits(at)
                || reading.IsSingleDash(at)) at++;
            if (at == label) return -1;
            labels++;
            var isDot = reading.IsSpaceOf(at, '.');
            if (isDot) at++;
            else return labels > 1 && at == label + 1 && reading.IsWord(label, TopLevel) ? at : -1;
        }
    }

    private static bool HoldsWww(NameReading reading, int first, int end)
    {
        for (var at = first; at + 2 < end; at++)
            if (reading.IsWord(at, "www") && reading.IsSingleSpace(at + 1) && Host(reading, at) > 0) return true;
        return false;
    }
}
