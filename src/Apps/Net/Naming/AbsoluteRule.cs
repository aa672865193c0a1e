namespace Anarchive.Net;

/// <summary>
/// Numbers that no word explains, from the surest place to the least sure: alone in a bracket, behind a spaced
/// hyphen, last before the quality words, first of all.
/// </summary>
internal static class AbsoluteRule
{
    /// <summary>Behind "S2 - " a larger number counts from the start of the work.</summary>
    private const int SeasonEpisodesMax = 99;

    public static void Apply(NameReading reading)
    {
        // Several seasons hold whatever numbers they hold.
        if (reading.HasNumber || reading.AirDate is not null || reading.LastSeason > reading.Season) return;
        _ = InBracket(reading) || AfterDash(reading) || AfterSeason(reading)
            || (reading.Season is null && (BareNumberRule.Apply(reading) || First(reading)));
    }

    // "[05]", "[12END]", "{01}", "[88-91]", "(01-25)".
    private static bool InBracket(NameReading reading)
    {
        foreach (var block in reading.Blocks)
        {
            var at = reading.SkipSpace(block.First + 1);
            if (!reading.IsNumber(at, 1, 4)) continue;
            var number = LooseNumber.Read(reading, at);
            if (reading.SkipSpace(number.End) != block.Last) continue;
            // In round ones single numbers are years, parts and second counts.
            if (!number.IsRange && (block.Bracket == '(' || reading.IsYear(at) || reading.LengthOf(at) == 1))
                continue;
            if (number.IsRange && reading.IsYear(at) && block.Bracket == '(' && !number.IsPadded(reading)) continue;
            number.TakeVersion(reading);
            Take(reading, number);
            return true;
        }

        return false;
    }

    // " - 05", "_-_11_-_", "-01[": the first that ends there, else the first that text follows.
    private static bool AfterDash(NameReading reading)
    {
        LooseNumber? before = null;
        for (var at = reading.TitleStart + 2; at < reading.Count; at++)
        {
            if (!reading.IsNumber(at, 1, 4) || reading.IsInBlock(at) || !FollowsDash(reading, at)) continue;
            if (at < reading.SeasonSpan.End) continue;
            if (reading.IsYear(at) && !reading.HasLeadingGroup) continue;
            var number = LooseNumber.Read(reading, at);
            // "01 - 119 [": the range began before the hyphen.
            if (IsPadded(reading, at - 4) && LooseNumber.Read(reading, at - 4) is { IsRange: true } range)
                number = range;
            if (!reading.EndsWord(number.End)) continue;
            if (number.IsClosed(reading))
            {
                number.TakeVersion(reading);
                Take(reading, number);
                return true;
            }

            if (number.IsPadded(reading) || reading.LengthOf(at) >= 3 || reading.HasLeadingGroup) before ??= number;
        }

        if (before is not { } found) return false;
        Take(reading, found);
        return true;
    }

    private static bool FollowsDash(NameReading reading, int at)
    {
        if (reading.IsSpace(at - 1)) return reading.IsSingleDash(at - 2);
        // Touching the title on both sides it must look like an episode.
        return reading.IsSingleDash(at - 1) && reading.LengthOf(at) >= 2
            && (reading.IsSpace(at - 2) || reading.IsLetters(at - 2)
                || reading.IsMark(at - 2))
            && (at + 1 == reading.Count || reading.IsOpen(at + 1) || reading.IsGap(at + 1)
                || reading.IsWord(at + 1, "v"));
    }

    // "s06.01", "S21 999".
    private static bool AfterSeason(NameReading reading)
    {
        var at = reading.SeasonSpan.End + 1;
        if (reading.SeasonSpan.End == 0 || !reading.IsSingleSpace(at - 1)) return false;
        var isDot = reading.Text[reading.Tokens[at - 1].Start] == '.';
        if (!reading.IsNumber(at, isDot ? 2 : 3, 4) || reading.IsYear(at)) return false;
        var number = LooseNumber.Read(reading, at);
        if (!reading.EndsWord(number.End)) return false;
        Take(reading, number);
        return true;
    }

    // "01 Pilot", "02. Second", "11-02 Title", "921".
    private static bool First(NameReading reading)
    {
        var at = reading.TitleStart;
        if (!reading.IsNumber(at, 1, 4) || reading.IsInBlock(at)) return false;
        if (reading.IsSingleDash(at + 1) && reading.IsNumber(at + 2, 2, 2) && reading.LengthOf(at) <= 2
            && reading.IsSpace(at + 3) && IsPadded(reading, at + 2))
        {
            reading.Season = reading.ValueOf(at);
            reading.Episodes.Add(reading.ValueOf(at + 2));
            reading.Claim(at, at + 3, NameRole.Number);
            return true;
        }

        var number = LooseNumber.Read(reading, at);
        if (!reading.EndsWord(number.End)) return false;
        var isAlone = number.End == reading.Count;
        var isMarked = reading.IsDash(reading.SkipSpace(number.End))
            || (reading.IsSpace(number.End) && reading.LengthOf(number.End) == 2);
        if (!isAlone && !number.IsPadded(reading) && reading.FolderSeason is null && (!isMarked || reading.IsYear(at)))
            return false;
        if (!isAlone && reading.LengthOf(at) > 3 && reading.FolderSeason is not null) return false;
        Take(reading, number);
        return true;
    }

    public static bool IsPadded(NameReading reading, int at) =>
        reading.IsNumber(at, 2, 9) && reading.Text[reading.Tokens[at].Start] == '0';

    public static void Take(NameReading reading, LooseNumber number)
    {
        reading.Claim(number.First, number.End, NameRole.Number);
        if (reading.Season is not null && !number.IsHalf && number.Last <= SeasonEpisodesMax)
            reading.Episodes.AddRange(EpisodeRun.Numbers((int)number.Value, number.Last));
        else if (number.IsHalf) reading.Absolute.Add(number.Value);
        else reading.Absolute.AddRange(EpisodeRun.Numbers((int)number.Value, number.Last).Select(n => (decimal)n));
    }
}
