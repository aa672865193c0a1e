namespace Anarchive.Net;

/// <summary>The group in brackets that begins the names of fansubs; further tags behind it are passed.</summary>
internal static class LeadingGroupRule
{
    public static void Apply(NameReading reading)
    {
        Seasonal(reading);
        var at = SkipClaimed(reading, 0);
        var isTitleOutside = HasTextOutside(reading, at);
        while (reading.IsOpen(at) && BlockAt(reading, at) is { Bracket: '[' } block)
        {
            if (reading.HasLeadingGroup && !isTitleOutside) break;
            if (!IsTag(reading, block)) break;
            if (!reading.HasLeadingGroup) reading.Group = Name(reading, block);
            ClaimFree(reading, block, reading.HasLeadingGroup ? NameRole.Aside : NameRole.Group);
            reading.HasLeadingGroup = true;
            at = SkipClaimed(reading, block.Last + 1);
        }

        reading.TitleStart = at;
    }

    // "★10月新番★" and "[10月新番]" say when a series began.
    private static void Seasonal(NameReading reading)
    {
        for (var at = 0; at + 1 < reading.Count; at++)
            if (reading.IsNumber(at, 1, 2) && reading.IsWord(at + 1, "月新番")) reading.Claim(at, at + 2, NameRole.Aside);
    }

    // Gaps, and whatever other rules took before the title.
    private static int SkipClaimed(NameReading reading, int at)
    {
        while (at < reading.Count)
        {
            var role = reading.RoleOf(at);
            var isPassed = role switch
            {
                NameRole.Free => reading.IsGap(at),
                NameRole.Site or NameRole.Checksum or NameRole.Aside => true,
                NameRole.Date => at == 0,
                _ => false,
            };
            if (!isPassed && BlockAt(reading, at) is { } block && IsAllQuality(reading, block)) at = block.Last + 1;
            else if (isPassed) at++;
            else break;
        }

        return at;
    }

    private static NameBlock? BlockAt(NameReading reading, int at)
    {
        foreach (var block in reading.Blocks)
            if (block.First == at) return block;
        return null;
    }

    private static bool IsAllQuality(NameReading reading, NameBlock block)
    {
        var any = false;
        foreach (var word in reading.Words)
        {
            if (word.First < block.First || word.First > block.Last) continue;
            if (reading.RoleOf(word.First) is not (NameRole.Quality or NameRole.Language)) return false;
            any = true;
        }

        return any;
    }

    // Words, and no number or date that another rule understood.
    private static bool IsTag(NameReading reading, NameBlock block)
    {
        var any = false;
        for (var at = block.First + 1; at < block.Last; at++)
        {
            if (reading.RoleOf(at) is NameRole.Number or NameRole.Date) return false;
            any |= reading.IsFree(at) && (reading.IsLetters(at)
                || (reading.IsDigits(at) && reading.LengthOf(at) > 3));
        }

        return any && block.Last + 1 < reading.Count;
    }

    private static string Name(NameReading reading, NameBlock block) =>
        reading.TextOf(block.First + 1, block.Last).Trim();

    private static void ClaimFree(NameReading reading, NameBlock block, NameRole role)
    {
        for (var at = block.First; at <= block.Last; at++)
            if (reading.IsFree(at)) reading.Claim(at, at + 1, role);
    }

    // Some put everything in brackets, the title too.
    private static bool HasTextOutside(NameReading reading, int from)
    {
        for (var at = from; at < reading.Count; at++)
        {
            if (reading.IsInBlock(at)) continue;
            if (reading.RoleOf(at) is not (NameRole.Free or NameRole.Aside)) return false;
            if (reading.IsFree(at)
                && (reading.IsLetters(at) || reading.IsDigits(at))) return true;
        }

        return false;
    }
}
