namespace Anarchive.Net;

/// <summary>
/// A number among the words of the title: "Show 07 [720p]", "Show.103.hdtv". With a fansub's cue it counts from the
/// start; without, three and four digits are season and episode.
/// </summary>
internal static class BareNumberRule
{
    public static bool Apply(NameReading reading)
    {
        var (closed, open) = (-1, -1);
        for (var at = reading.TitleStart + 1; at < reading.Count && IsTitle(reading, at); at++)
        {
            if (!reading.IsNumber(at, 1, 6) || !reading.IsSpace(at - 1) || reading.IsYear(at)) continue;
            if (reading.IsInBlock(at) || IsCounted(reading, at - 2)) continue;
            var number = LooseNumber.Read(reading, at);
            if (!reading.EndsWord(number.End)) continue;
            if (reading.LengthOf(at) == 1 && !number.IsRange) continue;
            // "Title 13 (1995)": what stands before its year is title.
            if (reading.IsYear(reading.SkipSpace(number.End) + 1) && reading.IsOpen(reading.SkipSpace(number.End)))
                continue;
            if (number.IsClosed(reading)) (closed, at) = (at, number.End - 1);
            else if (open < 0 && MayPrecedeText(reading, at, number.End)) open = at;
        }

        var found = closed >= 0 ? closed : open;
        return found >= 0 && Take(reading, FirstOfRow(reading, found));
    }

    // "103.104": back to the first.
    private static int FirstOfRow(NameReading reading, int at)
    {
        var digits = reading.LengthOf(at);
        while (digits >= 3 && reading.IsSingleSpace(at - 1) && reading.IsNumber(at - 2, digits, digits)
            && reading.ValueOf(at - 2) == reading.ValueOf(at) - 1 && at - 2 > reading.TitleStart) at -= 2;
        return at;
    }

    // "Part 02", "Vol 3" count something else.
    private static bool IsCounted(NameReading reading, int at) => reading.StartsWord(at)
        && (reading.IsWord(at, NameVocabulary.Part) || reading.IsWord(at, NameVocabulary.Volume));

    // Up to the quality words; brackets of the title are passed.
    private static bool IsTitle(NameReading reading, int at) =>
        reading.RoleOf(at) is NameRole.Free or NameRole.Aside or NameRole.Group or NameRole.Version;

    // "Show 01 Name of the episode", "St_Show_209_Name".
    private static bool MayPrecedeText(NameReading reading, int at, int end)
    {
        var next = reading.SkipSpace(end);
        if (reading.IsYear(next)) return false;
        if (AbsoluteRule.IsPadded(reading, at)) return true;
        return reading.LengthOf(at) == 3 && !reading.Text.Contains(' ') && reading.IsFree(next);
    }

    private static bool Take(NameReading reading, int at)
    {
        var number = LooseNumber.Read(reading, at);
        var digits = reading.LengthOf(at);
        var isFansub = reading.HasLeadingGroup || reading.Quality.IsFansub || number.IsRange;
        if (number.IsRange && !reading.HasLeadingGroup && !reading.Has(NameRole.Quality)) return false;
        if (!isFansub && digits >= 5) return Pair(reading, at);
        if (digits >= 5) return false;
        number.TakeVersion(reading);
        var value = reading.ValueOf(at);
        // "0308" is the eighth of season 3, "031" the thirty-first.
        var isAbsolute = isFansub || digits == 2 || value % 100 == 0 || value < 100;
        if (isAbsolute)
        {
            AbsoluteRule.Take(reading, number);
            return true;
        }

        var (first, last, end) = (value % 100, value % 100, at + 1);
        // "103.104".
        while (reading.IsSingleSpace(end) && reading.IsNumber(end + 1, digits, digits)
            && reading.EndsWord(end + 2) && reading.ValueOf(end + 1) == value / 100 * 100 + last + 1)
        {
            last++;
            end += 2;
        }

        return Take(reading, at, end, value / 100, first, last);
    }

    // "10708", "010910": a season and two episodes in a row.
    private static bool Pair(NameReading reading, int at)
    {
        var value = reading.ValueOf(at);
        var (season, first, last) = (value / 10000, value / 100 % 100, value % 100);
        return season > 0 && last == first + 1 && Take(reading, at, at + 1, season, first, last);
    }

    private static bool Take(NameReading reading, int at, int end, int season, int first, int last)
    {
        reading.Season = season;
        reading.Episodes.AddRange(EpisodeRun.Numbers(first, last));
        reading.Claim(at, end, NameRole.Number);
        return true;
    }
}
