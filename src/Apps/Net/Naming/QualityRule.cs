namespace Anarchive.Net;

/// <summary>
/// Finds quality and language words. Strong ones count wherever they stand; weak ones ("web", "dual", "french") only
/// beside another quality word or in a bracket that holds nothing else, because titles use them too.
/// </summary>
internal static class QualityRule
{
    /// <summary>"DTS-HD MA 5.1" is five words.</summary>
    private const int WordsMax = 5;

    public static void Apply(NameReading reading)
    {
        var found = Find(reading);
        for (var at = 0; at < found.Length; at++)
            if (found[at].Mark.IsStrong) Take(reading, found[at]);
        TakeBrackets(reading, found);
        // A weak word counts once its neighbour does: from left to right, then back.
        for (var at = 1; at < found.Length; at++)
            if (found[at].First == found[at - 1].End && IsTaken(reading, found[at - 1])) Take(reading, found[at]);
        for (var at = found.Length - 2; at >= 0; at--)
        {
            // A name does not begin with its quality.
            var isFirst = found[at].First == 0 && !reading.IsInBlock(reading.Words[0].First);
            if (!isFirst && found[at].End == found[at + 1].First && IsTaken(reading, found[at + 1]))
                Take(reading, found[at]);
        }

        Report(reading, found);
    }

    private static void Report(NameReading reading, Found[] found)
    {
        var quality = reading.Quality;
        foreach (var one in found)
        {
            if (!IsTaken(reading, one)) continue;
            one.Mark.AddTo(quality);
            one.Second?.AddTo(quality);
            var version = one.Mark.Field switch
            {
                QualityField.Repack => one.Mark.Value + 1,
                QualityField.Proper => 2,
                _ => 1,
            };
            reading.Version = Math.Max(reading.Version, version);
        }

        // Nobody remuxes a broadcast and says no more.
        if (quality is { IsRemux: true, Source: SourceKind.Unknown }) quality.Source = SourceKind.Disc;
    }

    private readonly record struct Found(int First, int End, QualityMark Mark, QualityMark? Second);

    private static Found[] Find(NameReading reading)
    {
        var found = new List<Found>();
        Span<char> buffer = stackalloc char[QualityWords.CharsMax];
        for (var at = 0; at < reading.Words.Length;)
        {
            var best = Longest(reading, at, buffer);
            if (best.End > at) found.Add(best);
            at = Math.Max(best.End, at + 1);
        }

        return [.. found];
    }

    private static Found Longest(NameReading reading, int at, Span<char> buffer)
    {
        var best = default(Found);
        var (length, isSpelled) = (0, true);
        for (var end = at; end < reading.Words.Length && end < at + WordsMax; end++)
        {
            var word = reading.LowerOf(reading.Words[end]);
            if (!reading.IsFree(reading.Words[end].First) || length + word.Length + 4 > buffer.Length) break;
            if (end > at)
            {
                if (!Joins(reading, end - 1)) break;
                // The plus of "DD+5.1" and "HDR10+" means more.
                if (HasPlus(reading, end - 1)) buffer[length++] = 'p';
            }

            word.CopyTo(buffer[length..]);
            length += word.Length;
            isSpelled &= word.Length == 1 && char.IsLetter(word[0]);
            // "E.N.D" spells a name.
            if (isSpelled && end > at) continue;
            var words = end + 1 - at;
            if (QualityWords.TryFind(buffer[..length], words, out var mark)) best = new Found(at, end + 1, mark, null);
            else if (end == at && QualityWords.TryFindPair(word, out mark, out var lines))
                best = new Found(at, end + 1, mark, lines);
            if (HasPlus(reading, end))
            {
                buffer[length] = 'p';
                if (QualityWords.TryFind(buffer[..(length + 1)], words, out mark))
                    best = new Found(at, end + 1, mark, null);
            }
        }

        return best;
    }

    // One blank, hyphen or plus between this word and the next, and both inside one bracket or outside.
    private static bool Joins(NameReading reading, int word)
    {
        var (left, right) = (reading.Words[word], reading.Words[word + 1]);
        if (left.Block != right.Block) return false;
        // "DD+5.1", "DD+ 5.1".
        if (HasPlus(reading, word)) return reading.SkipGap(left.End + 1, 1) == right.First;
        return right.First == left.End + 1 && (reading.IsSingleSpace(left.End) || reading.IsSingleDash(left.End));
    }

    private static bool HasPlus(NameReading reading, int word) => reading.IsMark(reading.Words[word].End, '+');

    // Weak words alone in a bracket: "[Web]", "(BD)", "[ENG+ITA]".
    private static void TakeBrackets(NameReading reading, Found[] found)
    {
        for (var block = 0; block < reading.Blocks.Length; block++)
        {
            var covered = 0;
            foreach (var one in found)
                if (reading.Words[one.First].Block == block) covered += one.End - one.First;
            if (covered == 0 || covered < reading.Words.Count(word => word.Block == block)) continue;
            foreach (var one in found)
                if (reading.Words[one.First].Block == block) Take(reading, one);
        }
    }

    private static bool IsTaken(NameReading reading, Found found) =>
        reading.RoleOf(reading.Words[found.First].First) is NameRole.Quality or NameRole.Language;

    private static void Take(NameReading reading, Found found) => reading.Claim(
        reading.Words[found.First].First,
        reading.Words[found.End - 1].End,
        found.Mark.Field == QualityField.Language ? NameRole.Language : NameRole.Quality);
}
