using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>
/// Who made the release: a word in brackets at the end, "-GROUP" behind the quality words, the last word of a bracket
/// of them, or the fansub's leading bracket. What re-posters and indexers append is cut off first.
/// </summary>
internal static class GroupRule
{
    private const int CharsMax = 32;

    private static readonly FrozenSet<string> Reposts =
        ("rp 1 nzbgeek obfuscated obfuscation scrambled sample pre postbot xpost whiterev buymore asrequested"
        + " alternativetorequested gerov z0ids3n chamele0n 4p 4planet altezachen repackpost").Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Indexers =
        "rartv rarbg eztv ettv tgx publichd rarbgto eztvx batch pack complete".Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    public static void Apply(NameReading reading)
    {
        var end = TrimEnd(reading, reading.Count);
        var bracketed = InLastBracket(reading, end);
        var behind = BehindQuality(reading, end);
        // "-GROUP (Other title, remarks)".
        if (bracketed.Length + behind.Length == 0 && LastBlock(reading, end) is { } remark)
            behind = BehindQuality(reading, TrimEnd(reading, remark.First));
        // "[Group] Title.S01E01.720p-OTHER": written as the scene does, the suffix is the group.
        if (reading.HasLeadingGroup && (behind.Length == 0 || reading.Text.Contains(' '))) return;
        if (bracketed.Length > 0) reading.Group = bracketed;
        else if (behind.Length > 0) reading.Group = behind;
        else if (reading.Group.Length == 0) reading.Group = WithoutQuality(reading, end);
    }

    // Behind the last word only addresses, checksums, versions, indexers and gaps.
    private static int TrimEnd(NameReading reading, int end)
    {
        while (end > 0)
        {
            var last = end - 1;
            if (reading.RoleOf(last) is NameRole.Site or NameRole.Checksum or NameRole.Version
                || IsSample(reading, last) || reading.IsSpace(last) || reading.IsMark(last)) end--;
            else if (LastBlock(reading, end) is { } block && IsIndexer(reading, block)) end = block.First;
            else if (reading.IsDash(last)) end--;
            else break;
        }

        return end;
    }

    private static NameBlock? LastBlock(NameReading reading, int end)
    {
        foreach (var block in reading.Blocks)
            if (block.Last == end - 1) return block;
        return null;
    }

    private static bool IsIndexer(NameReading reading, NameBlock block)
    {
        if (reading.RoleOf(block.Last - 1) is NameRole.Version && block.Last - block.First <= 3) return true;
        return block.Last == block.First + 2 && reading.IsWord(block.First + 1, Indexers);
    }

    // "[GROUP]", "{GROUP}", "(1080p x265 GROUP)", "(... - NAME GROUP)".
    private static string InLastBracket(NameReading reading, int end)
    {
        if (LastBlock(reading, end) is not { } block || block.First <= reading.TitleStart) return "";
        var quality = -1;
        for (var at = block.First + 1; at < block.Last; at++)
            if (reading.RoleOf(at) is NameRole.Quality or NameRole.Language) quality = at;
        var first = quality < 0 ? block.First + 1 : quality + 1;
        if (quality < 0 && (block.Bracket == '(' && !HasQualityBefore(reading, block.First))) return "";
        // Nested brackets: "(1080p.x265-Name[GROUP])".
        var last = block.Last;
        if (reading.IsClose(last - 1)) last--;
        var word = LastWord(reading, first, last);
        var isWhole = reading.SkipSpace(first) == word.First && word.First < word.End;
        // Without quality words several words are a remark.
        return quality < 0 && !isWhole ? "" : TextOf(reading, word.First, word.End);
    }

    private static bool HasQualityBefore(NameReading reading, int end)
    {
        var before = reading.SkipGapBack(end - 1);
        return reading.RoleOf(before) is NameRole.Quality or NameRole.Date or NameRole.Language
            || (reading.IsClose(before) && reading.RoleOf(before - 1) is not NameRole.Number
                && HasQualityInside(reading, before));
    }

    private static bool HasQualityInside(NameReading reading, int close)
    {
        for (var at = close - 1; at > reading.Blocks[reading.Tokens[close].Block].First; at--)
            if (reading.RoleOf(at) is NameRole.Quality) return true;
        return false;
    }

    private static bool IsSample(NameReading reading, int at) =>
        reading.Special == SpecialKind.Sample && reading.RoleOf(at) is NameRole.Special;

    // A run of letters, digits, hyphens and dots that ends at the last token.
    private static (int First, int End) LastWord(NameReading reading, int first, int end)
    {
        var at = end;
        while (at > first && reading.IsFree(at - 1) && (reading.IsLetters(at - 1)
            || reading.IsDigits(at - 1) || reading.IsDash(at - 1)
            || reading.IsMark(at - 1) || IsUnderscore(reading, at - 1))) at--;
        while (at < end && reading.IsDash(at)) at++;
        return (at, end);
    }

    private static bool IsUnderscore(NameReading reading, int at) =>
        reading.IsSpaceOf(at, '_');

    // "-GROUP", ".GROUP", " - GROUP" behind the last quality word outside brackets.
    private static string BehindQuality(NameReading reading, int end)
    {
        var at = end;
        while (at > 0 && IsSuffix(reading, at - 1)) at--;
        if (at == 0 || at == end) return "";
        if (reading.RoleOf(at - 1) is not (NameRole.Quality or NameRole.Language)
            && !(reading.IsClose(at - 1) && HasQualityBefore(reading, at))) return "";
        return Suffix(reading, at, end);
    }

    private static bool IsSuffix(NameReading reading, int at) => reading.IsFree(at) && reading.Tokens[at].Block < 0;

    private static string Suffix(NameReading reading, int at, int end)
    {
        var hasBlank = false;
        var first = at;
        while (reading.IsGap(first) && first < end)
        {
            hasBlank |= reading.Text[reading.Tokens[first].Start] == ' ';
            first++;
        }

        if (first >= end) return "";
        var dash = reading.IsDash(first - 1);
        if (!dash && hasBlank && !reading.IsDash(first - 2)) return Loose(reading, at, first, end);
        // "x264-NTb-postbot": the last parts go.
        for (var cut = end - 1; cut > first; cut--)
            if (reading.IsDash(cut) && IsRepost(reading, cut + 1, end)) end = cut;
        // "-GROUP English".
        if (end - 2 > first && reading.IsSpace(end - 2) && reading.IsLetters(end - 1)
            && LanguageWords.CodeOf(reading.LowerOf(end - 1).ToString()) is not null) end -= 2;
        while (reading.IsDash(end - 1) || reading.IsSpace(end - 1)) end--;
        if (!dash)
        {
            var word = LastWord(reading, first, end);
            return reading.IsDash(word.First - 1) && !hasBlank ? "" : TextOf(reading, word.First, word.End);
        }

        return TextOf(reading, first, end);
    }

    // "Encoder-GROUP", "(1080p x265) GROUP": behind a blank only in these forms.
    private static string Loose(NameReading reading, int at, int first, int end)
    {
        var word = LastWord(reading, first, end);
        if (reading.IsClose(at - 1) && word.First == first) return TextOf(reading, first, end);
        for (var cut = end - 1; cut > first; cut--)
            if (reading.IsSingleDash(cut)) return TextOf(reading, cut + 1, end);
        return "";
    }

    private static bool IsRepost(NameReading reading, int first, int end)
    {
        var text = reading.TextOf(first, end).ToLowerInvariant();
        return Reposts.Contains(text) || text.StartsWith("rakuv", StringComparison.Ordinal);
    }

    // "Title.S04E17-GROUP": only without blanks, else it is an episode's title.
    private static string WithoutQuality(NameReading reading, int end)
    {
        if (!reading.IsExplicit || reading.Text.Contains(' ')) return "";
        var word = LastWord(reading, 0, end);
        var isSuffix = word.First > 0 && reading.IsDash(word.First - 1)
            && reading.RoleOf(word.First - 2) is NameRole.Number;
        return isSuffix ? TextOf(reading, word.First, word.End) : "";
    }

    private static string TextOf(NameReading reading, int first, int end)
    {
        var text = first < end ? reading.TextOf(first, end).Trim() : "";
        var isNumber = text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
        return text.Length > CharsMax || isNumber ? "" : text;
    }
}
