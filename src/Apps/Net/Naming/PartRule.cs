namespace Anarchive.Net;

/// <summary>
/// Parts: of a season ("S02.Part.1"), of a day, of a file ("cd1"); and where nothing else is numbered, the episodes of
/// a mini-series ("Part 2", "Part.Two").
/// </summary>
internal static class PartRule
{
    public static void Apply(NameReading reading)
    {
        for (var at = 0; at < reading.Count && reading.Part is null; at++)
        {
            if (!reading.IsFree(at) || !reading.StartsWord(at)) continue;
            if (reading.IsWord(at, NameVocabulary.Part) || reading.IsWord(at, NameVocabulary.Volume)
                || reading.IsWord(at, NameVocabulary.Piece)) Try(reading, at);
        }
    }

    private static void Try(NameReading reading, int at)
    {
        var number = reading.SkipSpace(at + 1);
        if (!TryValue(reading, number, out var value)) return;
        var end = number + 1;
        if (IsBehindSeasonOrDate(reading, at))
        {
            if (reading.IsWord(at, NameVocabulary.Piece) || reading.Episodes.Count == 0) Take(reading, at, end, value);
            return;
        }

        var next = reading.SkipGap(end);
        var isLast = next >= reading.Count || !reading.IsFree(next) || reading.IsOpen(next);
        if (reading.IsWord(at, NameVocabulary.Piece) && number == at + 1 && isLast)
        {
            Take(reading, at, end, value);
            return;
        }

        // " - Part 3 - " is as good as the end.
        isLast |= reading.IsSpace(at - 1) && reading.IsDash(at - 2) && reading.IsSpace(end) && reading.IsDash(end + 1);
        if (reading.HasNumber || reading.Season is not null || reading.AirDate is not null || !isLast) return;
        if (!reading.IsWord(at, NameVocabulary.Part) || reading.IsInBlock(at) || at <= reading.TitleStart) return;
        // A film's year stands behind the part that belongs to its title.
        if (reading.IsYear(next) || (reading.IsOpen(next) && reading.IsYear(next + 1))) return;
        reading.Absolute.Add(value);
        reading.Claim(at, end, NameRole.Number);
    }

    private static void Take(NameReading reading, int at, int end, int value)
    {
        reading.Part = value;
        reading.Claim(at, end, NameRole.Part);
    }

    private static bool IsBehindSeasonOrDate(NameReading reading, int at)
    {
        var before = reading.SkipGapBack(at - 1);
        return before >= 0 && reading.RoleOf(before) is NameRole.Number or NameRole.Date;
    }

    private static bool TryValue(NameReading reading, int at, out int value)
    {
        value = 0;
        if (reading.IsNumber(at, 1, 2)) value = reading.ValueOf(at);
        else if (!reading.IsLetters(at) || !NameVocabulary.Numerals
            .GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(reading.LowerOf(at), out value)) return false;
        return value > 0 && reading.EndsWord(at + 1);
    }
}
