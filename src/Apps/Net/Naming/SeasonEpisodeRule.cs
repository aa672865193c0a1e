namespace Anarchive.Net;

/// <summary>
/// Season and episode together: "S01E02", "s01.ep02", "Season 1 Episode 2", "1x02", with any further episodes. The
/// surest reading there is, so it comes before all that guess.
/// </summary>
internal static class SeasonEpisodeRule
{
    public static void Apply(NameReading reading)
    {
        for (var at = 0; at < reading.Count; at++)
        {
            var end = Marked(reading, at);
            if (end < 0) end = Crossed(reading, at);
            if (end < 0) continue;
            end = VersionRule.TakeSuffix(reading, end);
            end = TakeLetter(reading, end);
            end = TakeTotal(reading, end);
            if (!reading.IsExplicit) reading.SeasonSpan = (at, end);
            reading.Claim(at, end, NameRole.Number);
            reading.IsExplicit = true;
            at = end - 1;
        }
    }

    /// <summary>"s", or a word for season, its number, a word for episode, its number.</summary>
    private static int Marked(NameReading reading, int at)
    {
        var season = SeasonNumber(reading, at);
        if (season < 0) season = OnlyWithEpisode(reading, at);
        if (season < 0) return -1;
        // "Temporada 1 - Episodio 2", "(Season 1, episodes 1-26", "S01 - E02".
        var word = season + 1;
        if (reading.IsMark(word, ',')) word++;
        word = reading.SkipGap(word);
        if (!reading.IsWord(word, "e") && !reading.IsWord(word, NameVocabulary.Episode)) return -1;
        var number = reading.SkipSpace(word + 1);
        if (!reading.IsNumber(number, 1, 5)) return -1;
        var end = EpisodeRun.Read(reading, number + 1, reading.ValueOf(number), "e", out var last);
        Take(reading, reading.ValueOf(season), reading.ValueOf(number), last);
        return end;
    }

    // "T03E05" and "Series 3 Episode 2": alone these say nothing.
    private static int OnlyWithEpisode(NameReading reading, int at)
    {
        if (!reading.StartsWord(at)) return -1;
        if (reading.IsWord(at, "t") && reading.IsNumber(at + 1, 1, 2) && reading.IsWord(at + 2, "e")) return at + 1;
        return reading.IsWord(at, "series") && reading.IsSpace(at + 1) && reading.IsNumber(at + 2, 1, 2) ? at + 2 : -1;
    }

    /// <summary>The token of the number behind "s" or "season"; -1 where there is none.</summary>
    public static int SeasonNumber(NameReading reading, int at)
    {
        if (reading.IsWord(at, "s"))
        {
            // Glued to a title only where the tokenizer saw the whole pattern.
            if (!reading.StartsWord(at) && !reading.IsLetters(at - 1)) return -1;
            if (reading.IsNumber(at + 1, 1, 4)) return at + 1;
            return reading.IsSpace(at + 1) && reading.IsNumber(at + 2, 2, 2) ? at + 2 : -1;
        }

        if (!reading.IsWord(at, NameVocabulary.Season) || !reading.StartsWord(at)) return -1;
        var number = reading.SkipGap(at + 1, 1);
        return reading.IsNumber(number, 1, 4) ? number : -1;
    }

    /// <summary>"1x02"; a season of one, two or (a year) four digits.</summary>
    private static int Crossed(NameReading reading, int at)
    {
        if (!reading.IsNumber(at, 1, 4) || !reading.StartsWord(at) || !reading.IsWord(at + 1, "x")
            || !reading.IsNumber(at + 2, 1, 3)) return -1;
        if (reading.LengthOf(at) > 2 && !reading.IsYear(at)) return -1;
        if (reading.IsLetters(at + 3) && !reading.IsWord(at + 3, "x") && !reading.IsWord(at + 3, "v"))
            return -1;
        var end = EpisodeRun.Read(reading, at + 3, reading.ValueOf(at + 2), "x", out var last);
        Take(reading, reading.ValueOf(at), reading.ValueOf(at + 2), last);
        return end;
    }

    // The first reading stands; a repetition is claimed, so that no other rule reads it.
    private static void Take(NameReading reading, int season, int first, int last)
    {
        if (reading.IsExplicit) return;
        reading.Season = season;
        reading.Episodes.AddRange(EpisodeRun.Numbers(first, last));
    }

    // "S06E01b": the second part of an episode.
    private static int TakeLetter(NameReading reading, int at)
    {
        if (!reading.IsSingleLetters(at) || reading.LowerOf(at)[0] is not (>= 'a' and <= 'd')) return at;
        if (!reading.EndsWord(at + 1)) return at;
        reading.Part ??= reading.LowerOf(at)[0] - 'a' + 1;
        return at + 1;
    }

    // "S05E06 of 24", "S5E6-8.of.XX".
    private static int TakeTotal(NameReading reading, int at)
    {
        var of = reading.SkipSpace(at);
        if (!reading.IsWord(of, NameVocabulary.Of)) return at;
        var total = reading.SkipSpace(of + 1);
        return reading.IsNumber(total, 1, 4) || reading.IsWord(total, "xx") ? total + 1 : at;
    }
}
