namespace Anarchive.Net;

/// <summary>
/// A number that a word or sign calls an episode: "E07", "Ep 12", "Episode 4", "#17", "69. Blm", "第05话", "Cap.201",
/// "5of9", "[01/24]".
/// </summary>
internal static class WordedEpisodeRule
{
    public static void Apply(NameReading reading)
    {
        if (reading.HasNumber) return;
        for (var at = 0; at < reading.Count; at++)
        {
            if (!reading.IsFree(at)) continue;
            var end = Before(reading, at);
            if (end < 0) end = Chapter(reading, at);
            if (end < 0) end = Behind(reading, at);
            if (end < 0) end = OfTotal(reading, at);
            if (end < 0) continue;
            reading.Claim(at, VersionRule.TakeSuffix(reading, end), NameRole.Number);
            return;
        }
    }

    private static int Before(NameReading reading, int at)
    {
        int number;
        if (reading.IsMark(at, '#')) number = at + 1;
        else if (!reading.StartsWord(at)) return -1;
        else if (reading.IsWord(at, "e") && reading.IsNumber(at + 1, 2, 5)) number = at + 1;
        else if (reading.IsWord(at, NameVocabulary.Episode)) number = reading.SkipSpace(at + 1);
        else return -1;
        if (!reading.IsNumber(number, 1, 5)) return -1;
        var end = EpisodeRun.Read(reading, number + 1, reading.ValueOf(number), "e", out var last);
        if (!reading.EndsWord(end) && !reading.IsWord(end, "v")) return -1;
        Take(reading, reading.ValueOf(number), last);
        return end;
    }

    // Spanish chapters carry the season: "Cap.201", "Cap.111_120".
    private static int Chapter(NameReading reading, int at)
    {
        if (!reading.IsWord(at, "cap") || !reading.StartsWord(at)) return -1;
        var number = reading.SkipSpace(at + 1);
        if (!reading.IsNumber(number, 1, 4) || !reading.EndsWord(number + 1)) return -1;
        var (value, last, end) = (reading.ValueOf(number), reading.ValueOf(number), number + 1);
        if (value < 100)
        {
            Take(reading, value, value);
            return end;
        }

        if (reading.IsGap(end) && reading.IsNumber(end + 1, 3, 4) && reading.EndsWord(end + 2)
            && reading.ValueOf(end + 1) / 100 == value / 100 && reading.ValueOf(end + 1) > value)
        {
            last = reading.ValueOf(end + 1);
            end += 2;
        }

        (reading.Season, reading.LastSeason) = (value / 100, value / 100);
        reading.Episodes.AddRange(EpisodeRun.Numbers(value % 100, last % 100));
        return end;
    }

    private static int Behind(NameReading reading, int at)
    {
        // "全24集" counts them all.
        if (reading.IsLetters(at) && reading.LowerOf(at)[^1] is '全' or '共'
            && reading.IsNumber(at + 1, 1, 4) && reading.IsWord(at + 2, NameVocabulary.Counter))
        {
            reading.Claim(at, at + 3, NameRole.Aside);
            return -1;
        }

        if (reading.IsWord(at, "第") && reading.IsNumber(at + 1, 1, 4))
        {
            var end = EpisodeRun.Read(reading, at + 2, reading.ValueOf(at + 1), "", out var last);
            if (!reading.IsWord(end, NameVocabulary.Counter)) return -1;
            Take(reading, reading.ValueOf(at + 1), last);
            return end + 1;
        }

        if (!reading.IsNumber(at, 1, 4) || !reading.StartsWord(at)) return -1;
        if (reading.IsWord(at + 1, NameVocabulary.Counter))
        {
            Take(reading, reading.ValueOf(at), reading.ValueOf(at));
            return at + 2;
        }

        var word = reading.SkipSpace(at + 1);
        if (word == at + 1 || !reading.IsWord(word, NameVocabulary.EpisodeBehind) || !reading.EndsWord(word + 1))
            return -1;
        Take(reading, reading.ValueOf(at), reading.ValueOf(at));
        return word + 1;
    }

    private static int OfTotal(NameReading reading, int at)
    {
        if (!reading.IsNumber(at, 1, 3) || !reading.StartsWord(at)) return -1;
        var of = reading.SkipSpace(at + 1);
        var total = reading.SkipSpace(of + 1);
        var isCount = reading.IsWord(of, "of")
            || (reading.IsSlash(of) && reading.IsOpen(at - 1)
                && reading.IsClose(total + 1));
        if (!isCount || !reading.IsNumber(total, 1, 3) || !reading.EndsWord(total + 1)) return -1;
        if (reading.ValueOf(at) > reading.ValueOf(total)) return -1;
        Take(reading, reading.ValueOf(at), reading.ValueOf(at));
        return total + 1;
    }

    private static void Take(NameReading reading, int first, int last)
    {
        var numbers = EpisodeRun.Numbers(first, last);
        if (reading.Season is not null && reading.AirDate is null) reading.Episodes.AddRange(numbers);
        else reading.Absolute.AddRange(numbers.Select(number => (decimal)number));
    }
}
