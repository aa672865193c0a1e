namespace Anarchive.Net;

/// <summary>A season without an episode beside it: "S02", "Season 2", "Saison 3", "2nd Season", "S01-S07".</summary>
internal static class SeasonRule
{
    public static void Apply(NameReading reading)
    {
        for (var at = 0; at < reading.Count; at++)
        {
            var end = Ordinal(reading, at);
            if (end < 0) end = Marked(reading, at);
            if (end > 0) at = end - 1;
        }

        for (var at = 0; at < reading.Count && reading.Season is null; at++) British(reading, at);
    }

    private static int Marked(NameReading reading, int at)
    {
        if (!reading.IsFree(at)) return -1;
        var number = SeasonEpisodeRule.SeasonNumber(reading, at);
        if (number < 0 || !reading.StartsWord(at) || !reading.EndsWord(number + 1)) return -1;
        var (first, end) = (reading.ValueOf(number), number + 1);
        var last = Last(reading, ref end, first);
        Take(reading, at, end, first, last);
        return end;
    }

    // "-05", "-S09", " - S07", " S04", "-Season 07". A spaced hyphen before a bare number is an episode's.
    private static int Last(NameReading reading, ref int end, int first)
    {
        var next = reading.SkipGap(end);
        var number = -1;
        if (next > end && (reading.IsWord(next, "s") || reading.IsWord(next, NameVocabulary.Season)))
            number = SeasonEpisodeRule.SeasonNumber(reading, next);
        else if (reading.IsSingleDash(end) && reading.IsNumber(end + 1, 1, 2)) number = end + 1;
        if (number < 0 || !reading.EndsWord(number + 1) || reading.ValueOf(number) <= first) return first;
        end = number + 1;
        return reading.ValueOf(number);
    }

    // "2nd Season", "1. Staffel", "第2季", "第二季".
    private static int Ordinal(NameReading reading, int at)
    {
        if (reading.IsNumber(at, 1, 2) && reading.StartsWord(at))
        {
            var word = at + 1;
            if (reading.IsWord(word, "nd") || reading.IsWord(word, "rd") || reading.IsWord(word, "th")
                || reading.IsWord(word, "st")) word++;
            else if (!reading.IsSpace(word)) return Han(reading, at);
            word = reading.SkipSpace(word);
            // "Part 2 Season 3": a bare number needs its dot.
            if (word == at + 2 && reading.Text[reading.Tokens[at + 1].Start] != '.') return -1;
            if (!reading.IsWord(word, NameVocabulary.Season) || !reading.EndsWord(word + 1)) return -1;
            // "1. Season 2" is the second.
            if (reading.IsNumber(reading.SkipSpace(word + 1), 1, 2)) return -1;
            Take(reading, at, word + 1, reading.ValueOf(at), reading.ValueOf(at));
            return word + 1;
        }

        if (!reading.IsFree(at) || !reading.IsLetters(at)) return -1;
        var letters = reading.LowerOf(at);
        // Glued to the title before it as these scripts are; the tokens cannot part them, so only a suffix tells.
        if (letters.Length < 3 || letters[^3] != '第' || letters[^1] is not ('季' or '期')) return -1;
        if (!NameVocabulary.HanNumerals.TryGetValue(letters[^2].ToString(), out var season)) return -1;
        if (letters.Length == 3) Take(reading, at, at + 1, season, season, NameRole.Aside);
        else reading.Season ??= season;
        return at + 1;
    }

    private static int Han(NameReading reading, int at)
    {
        if (!reading.IsLetters(at - 1) || !reading.IsLetters(at + 1)) return -1;
        if (reading.LowerOf(at - 1)[^1] != '第' || reading.LowerOf(at + 1)[0] is not ('季' or '期')) return -1;
        Take(reading, at - 1, at + 2, reading.ValueOf(at), reading.ValueOf(at), NameRole.Aside);
        return at + 2;
    }

    // "Title - Series 2", "Title (Series 2)": elsewhere the word is title.
    private static void British(NameReading reading, int at)
    {
        if (!reading.IsFree(at) || !reading.IsWord(at, "series") || !reading.IsSpace(at + 1)) return;
        if (!reading.IsNumber(at + 2, 1, 2) || !reading.EndsWord(at + 3)) return;
        if (!reading.IsOpen(at - 1)
            && !(reading.IsSpace(at - 1) && reading.IsDash(at - 2))) return;
        Take(reading, at, at + 3, reading.ValueOf(at + 2), reading.ValueOf(at + 2));
    }

    private static void Take(
        NameReading reading, int at, int end, int first, int last, NameRole role = NameRole.Number)
    {
        reading.Claim(at, end, role);
        if (reading.Season is not null) return;
        (reading.Season, reading.LastSeason) = (first, last);
        if (role == NameRole.Number) reading.SeasonSpan = (at, end);
    }
}
