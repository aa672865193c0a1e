using System.Text;

namespace Anarchive.Net;

/// <summary>Cuts a clean name into tokens, words and bracket pairs, in one pass each.</summary>
internal static class NameTokenizer
{
    public static (NameToken[] Tokens, NameBlock[] Blocks, NameWord[] Words) Read(string text)
    {
        var tokens = new List<NameToken>();
        for (var at = 0; at < text.Length;)
        {
            var kind = KindAt(text, at, out var length);
            var end = at + length;
            // Brackets, slashes and marks stand alone; the others run on.
            if (kind is NameTokenKind.Letters or NameTokenKind.Digits or NameTokenKind.Space or NameTokenKind.Dash)
                while (end < text.Length && KindAt(text, end, out length) == kind) end += length;
            tokens.Add(new NameToken(kind, at, end, kind == NameTokenKind.Digits ? Number(text, at, end) : -1, -1));
            at = end;
        }

        SplitGluedSeasons(text, tokens);
        var array = tokens.ToArray();
        return (array, Blocks(text, array), Words(array));
    }

    private static NameTokenKind KindAt(string text, int at, out int length)
    {
        length = 1;
        switch (text[at])
        {
            case >= '0' and <= '9': return NameTokenKind.Digits;
            case ' ' or '.' or '_': return NameTokenKind.Space;
            case '-': return NameTokenKind.Dash;
            case '~': return NameTokenKind.Tilde;
            case '/' or '|' or '\\' or '／' or '｜': return NameTokenKind.Slash;
            case '[' or '(' or '{': return NameTokenKind.Open;
            case ']' or ')' or '}': return NameTokenKind.Close;
        }

        if (!Rune.TryGetRuneAt(text, at, out var rune)) return NameTokenKind.Mark;
        length = rune.Utf16SequenceLength;
        return Rune.IsLetter(rune) || IsCombining(rune) ? NameTokenKind.Letters : NameTokenKind.Mark;
    }

    private static bool IsCombining(Rune rune) => Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark
        or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static int Number(string text, int start, int end)
    {
        if (end - start > 9) return -1;
        var value = 0;
        for (var at = start; at < end; at++) value = value * 10 + (text[at] - '0');
        return value;
    }

    // "grp-zoos01e11": short names run the season into the title.
    private static void SplitGluedSeasons(string text, List<NameToken> tokens)
    {
        for (var at = 0; at + 3 < tokens.Count; at++)
        {
            if (tokens[at] is { Kind: NameTokenKind.Letters, Length: > 1 } letters
                && text[letters.End - 1] is 's' or 'S'
                && tokens[at + 1] is { Kind: NameTokenKind.Digits, Length: 2 }
                && tokens[at + 2] is { Kind: NameTokenKind.Letters, Length: 1 } e && text[e.Start] is 'e' or 'E'
                && tokens[at + 3] is { Kind: NameTokenKind.Digits, Length: 2 or 3 })
            {
                tokens[at] = letters with { End = letters.End - 1 };
                tokens.Insert(at + 1, letters with { Start = letters.End - 1 });
            }
        }
    }

    /// <summary>Pairs brackets of one shape; whatever stays open or was never opened becomes a mark.</summary>
    private static NameBlock[] Blocks(string text, NameToken[] tokens)
    {
        var open = new Stack<int>();
        var partner = new int[tokens.Length];
        Array.Fill(partner, -1);
        for (var at = 0; at < tokens.Length; at++)
        {
            if (tokens[at].Kind == NameTokenKind.Open) open.Push(at);
            if (tokens[at].Kind != NameTokenKind.Close) continue;
            // An unclosed bracket inside a closed one, "(640x480(RAW)", is passed over.
            var opener = open.FirstOrDefault(o => Closes(text[tokens[o].Start], text[tokens[at].Start]), -1);
            if (opener < 0) continue;
            while (open.Pop() != opener)
            {
            }

            (partner[opener], partner[at]) = (at, opener);
        }

        var blocks = new List<NameBlock>();
        var end = -1;
        for (var at = 0; at < tokens.Length; at++)
        {
            var token = tokens[at];
            if (token.Kind is NameTokenKind.Open or NameTokenKind.Close && partner[at] < 0)
                token = token with { Kind = NameTokenKind.Mark };
            if (token.Kind == NameTokenKind.Open && at > end)
            {
                end = partner[at];
                blocks.Add(new NameBlock(at, end, text[token.Start]));
            }

            tokens[at] = at <= end ? token with { Block = blocks.Count - 1 } : token;
        }

        return [.. blocks];
    }

    private static bool Closes(char open, char close) => (open, close) is ('[', ']') or ('(', ')') or ('{', '}');

    private static NameWord[] Words(NameToken[] tokens)
    {
        var words = new List<NameWord>();
        for (var at = 0; at < tokens.Length; at++)
        {
            if (tokens[at].Kind is not (NameTokenKind.Letters or NameTokenKind.Digits)) continue;
            var first = at;
            while (at + 1 < tokens.Length && tokens[at + 1].Kind is NameTokenKind.Letters or NameTokenKind.Digits) at++;
            words.Add(new NameWord(first, at + 1, tokens[first].Start, tokens[at].End, tokens[first].Block));
        }

        return [.. words];
    }
}
