using System.Globalization;
using System.Text;

namespace Anarchive.Net;

/// <summary>Makes a name fit to be read: bounded, well-formed, one spelling for look-alikes.</summary>
public static class NameText
{
    /// <summary>UTF-16 units that are read; no file system takes a longer name. Bounds every rule.</summary>
    public const int CharsMax = 512;

    /// <summary>
    /// The text without controls and invisible marks, lone surrogates as blanks, full-width digits and brackets as
    /// ASCII, cut at <see cref="CharsMax"/>. Applied again it changes nothing.
    /// </summary>
    public static string Clean(string name) => Clean(name, out _);

    internal static string Clean(string name, out bool isCut)
    {
        isCut = false;
        var text = new StringBuilder(Math.Min(name.Length, CharsMax));
        foreach (var rune in name.EnumerateRunes())
        {
            var folded = Fold(rune);
            if (folded.Value == 0) continue;
            if (folded.Value == ' ' && text.Length == 0) continue;
            isCut = text.Length + folded.Utf16SequenceLength > CharsMax;
            if (isCut) break;
            text.Append(folded);
        }

        return text.ToString().TrimEnd(' ');
    }

    // Zero stands for nothing.
    private static Rune Fold(Rune rune) => rune.Value switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or ' ' => rune,
        >= 0xff10 and <= 0xff19 => new Rune(rune.Value - 0xff10 + '0'),
        >= 0xff21 and <= 0xff3a => new Rune(rune.Value - 0xff21 + 'A'),
        >= 0xff41 and <= 0xff5a => new Rune(rune.Value - 0xff41 + 'a'),
        '【' or '［' or '〔' => new Rune('['),
        '】' or '］' or '〕' => new Rune(']'),
        '（' => new Rune('('),
        '）' => new Rune(')'),
        '–' or '—' or '‐' or '‑' or '−' or '－' => new Rune('-'),
        '’' or '‘' or '＇' => new Rune('\''),
        '〜' or '～' => new Rune('~'),
        '×' => new Rune('x'),
        '·' or '・' => new Rune(' '),
        0xfffd => new Rune(' '),
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format => default,
            UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned => new Rune(' '),
            _ => rune,
        },
    };
}
