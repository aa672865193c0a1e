using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>Specials and extras: "OVA 2", "NCOP1", "SP1", "S02.Special", "- Trailer", "-sample".</summary>
internal static class SpecialRule
{
    // Whatever stands before them; no title's own words.
    private static readonly FrozenDictionary<string, SpecialKind> Sure = Table(
        ("ncop", SpecialKind.CreditlessOpening), ("nced", SpecialKind.CreditlessEnding), ("ova", SpecialKind.Ova),
        ("ovas", SpecialKind.Ova), ("oad", SpecialKind.Ova), ("ovd", SpecialKind.Ova));

    // Only where no title goes on: between hyphens and brackets, behind the season, last.
    private static readonly FrozenDictionary<string, SpecialKind> Placed = Table(
        ("sp", SpecialKind.Special), ("special", SpecialKind.Special), ("specials", SpecialKind.Special),
        ("extra", SpecialKind.Extra), ("extras", SpecialKind.Extra), ("trailer", SpecialKind.Extra),
        ("teaser", SpecialKind.Extra), ("featurette", SpecialKind.Extra), ("interview", SpecialKind.Extra),
        ("bonus", SpecialKind.Extra), ("menu", SpecialKind.Extra), ("pv", SpecialKind.Extra), ("cm", SpecialKind.Extra),
        ("sample", SpecialKind.Sample));

    public static void Apply(NameReading reading)
    {
        for (var at = reading.TitleStart; at < reading.Count && reading.Special == SpecialKind.None; at++)
        {
            if (!reading.IsFree(at) || !reading.StartsWord(at)) continue;
            if (!reading.IsLetters(at)) continue;
            var end = Creditless(reading, at, out var kind);
            if (end < 0) end = Word(reading, at, out kind);
            if (end < 0) continue;
            reading.Special = kind;
            reading.Claim(at, TakeNumber(reading, end), NameRole.Special);
        }
    }

    /// <summary>What the numbers alone tell: season 0, episode 00, a half.</summary>
    public static void Conclude(NameReading reading)
    {
        if (reading.Special == SpecialKind.None && (reading.Season == 0 || reading.Episodes is [0]
            || reading.Absolute is [var one] && one != decimal.Truncate(one))) reading.Special = SpecialKind.Special;
        if (reading.Special is SpecialKind.None or SpecialKind.Sample || reading.Season is not null) return;
        // A fansub's "- 01 - OVA" and "SP1" count the specials, which are season 0.
        reading.Season = 0;
        if (!reading.Absolute.TrueForAll(number => number == decimal.Truncate(number))) return;
        reading.Episodes.AddRange(reading.Absolute.Select(number => (int)number));
        reading.Absolute.Clear();
    }

    private static int Creditless(NameReading reading, int at, out SpecialKind kind)
    {
        kind = SpecialKind.None;
        if (!reading.IsWord(at, "creditless") && !reading.IsWord(at, "clean")) return -1;
        if (!reading.IsGap(at + 1)) return -1;
        if (reading.IsWord(at + 2, "opening") || reading.IsWord(at + 2, "op")) kind = SpecialKind.CreditlessOpening;
        else if (reading.IsWord(at + 2, "ending") || reading.IsWord(at + 2, "ed")) kind = SpecialKind.CreditlessEnding;
        return kind == SpecialKind.None ? -1 : at + 3;
    }

    private static int Word(NameReading reading, int at, out SpecialKind kind)
    {
        var word = reading.LowerOf(at);
        if (Sure.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out kind))
            return at > reading.TitleStart && EndsOrCounts(reading, at + 1) ? at + 1 : -1;
        if (!Placed.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out kind)) return -1;
        if (!EndsOrCounts(reading, at + 1)) return -1;
        // "SP1" needs its number glued or its place; "sp" elsewhere is part of a title.
        if (word is "sp" && reading.IsNumber(at + 1, 1, 2) && at > reading.TitleStart) return at + 1;
        return IsPlaced(reading, at) ? at + 1 : -1;
    }

    private static bool EndsOrCounts(NameReading reading, int at) =>
        reading.EndsWord(at) || (reading.IsNumber(at, 1, 2)
            && (reading.EndsWord(at + 1) || reading.IsWord(at + 1, "v") || reading.IsSingleLetters(at + 1)));

    private static bool IsPlaced(NameReading reading, int at)
    {
        var before = reading.SkipGapBack(at - 1);
        var next = reading.SkipGap(at + 1);
        if (before >= 0 && reading.SeasonSpan.End == before + 1 && reading.SeasonSpan.End > 0) return true;
        var endsHere = next >= reading.Count || !reading.IsFree(next) || reading.IsOpen(next)
            || reading.IsClose(next) || reading.IsNumber(next, 1, 3);
        if (!endsHere || at == reading.TitleStart) return false;
        // "Specials - 01", "[SP]", " - Special [", "w4f-sample".
        return reading.IsOpen(at - 1) || reading.IsDash(at - 1)
            || (reading.IsSpace(at - 1) && reading.IsDash(at - 2))
            || (reading.IsDash(next - 2) && reading.IsNumber(next, 1, 3))
            || reading.IsWord(at, "specials");
    }

    private static int TakeNumber(NameReading reading, int at)
    {
        var number = reading.IsNumber(at, 1, 2) ? at : reading.SkipSpace(at);
        if (!reading.IsNumber(number, 1, 2)) return at;
        var end = number + 1;
        // "NCOP1a".
        if (reading.IsSingleLetters(end) && reading.EndsWord(end + 1)) end++;
        end = VersionRule.TakeSuffix(reading, end);
        if (!reading.EndsWord(end)) return at;
        if (reading.Season is null && !reading.HasNumber) reading.Absolute.Add(reading.ValueOf(number));
        return end;
    }

    private static FrozenDictionary<string, SpecialKind> Table(params (string Word, SpecialKind Kind)[] entries) =>
        entries.ToFrozenDictionary(entry => entry.Word, entry => entry.Kind, StringComparer.Ordinal);
}
