using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>One spelling for what can be written in several: Unicode's normalization form C (UAX #15).</summary>
/// <remarks>
/// A letter and its accent are one character from one keyboard and two from another. This program carries no culture
/// data, without which <see cref="string.Normalize()"/> gives everything back as it was; so the form is made here, from
/// the two tables it needs: what each character decomposes to, and in which order accents stand. Any thread.
/// </remarks>
internal static class CanonicalText
{
    // Hangul syllables, computed: The Unicode Standard, section 3.12.
    private const int Syllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trails = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int LeadCount = 19;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly Lazy<Tables> Known = new(Read);

    /// <summary>The text in form C. What is no character becomes U+FFFD, as it does in UTF-8.</summary>
    public static string Compose(string text)
    {
        // ASCII is in form C, and takes no table to be read.
        if (Ascii.IsValid(text)) return text;
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, characters);
        Order(characters);
        var composed = new StringBuilder(text.Length);
        foreach (var character in Composed(characters)) composed.Append(new Rune(character).ToString());
        return composed.ToString();
    }

    private static void Decompose(int character, List<int> to)
    {
        if (character is >= Syllables and < Syllables + SyllableCount)
        {
            var at = character - Syllables;
            to.Add(Leads + at / (VowelCount * TrailCount));
            to.Add(Vowels + at % (VowelCount * TrailCount) / TrailCount);
            if (at % TrailCount != 0) to.Add(Trails + at % TrailCount);
        }
        else if (Known.Value.Parts.TryGetValue(character, out var parts))
        {
            foreach (var part in parts) Decompose(part, to);
        }
        else
        {
            to.Add(character);
        }
    }

    /// <summary>Accents that do not touch each other stand by their class; those of one class as they were.</summary>
    private static void Order(List<int> characters)
    {
        for (var i = 1; i < characters.Count; i++)
        {
            var (character, its) = (characters[i], ClassOf(characters[i]));
            if (its == 0) continue;
            var at = i;
            for (; at > 0 && ClassOf(characters[at - 1]) > its; at--) characters[at] = characters[at - 1];
            characters[at] = character;
        }
    }

    private static List<int> Composed(List<int> characters)
    {
        var composed = new List<int>(characters.Count);
        var (starter, last) = (-1, 0);
        foreach (var character in characters)
        {
            var its = ClassOf(character);
            // Whatever stands between, of the same class or a starter, keeps it from the letter.
            if (starter >= 0 && (starter == composed.Count - 1 || (last != 0 && last < its))
                && Pair(composed[starter], character) is { } one)
            {
                composed[starter] = one;
                continue;
            }

            if (its == 0) starter = composed.Count;
            last = its;
            composed.Add(character);
        }

        return composed;
    }

    private static int? Pair(int first, int second)
    {
        if (first - Leads is >= 0 and < LeadCount and var lead
            && second - Vowels is >= 0 and < VowelCount and var vowel)
            return Syllables + (lead * VowelCount + vowel) * TrailCount;
        if (first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TrailCount == 0
            && second - Trails is > 0 and < TrailCount and var trail)
            return first + trail;
        return Known.Value.Pairs.TryGetValue((first, second), out var one) ? one : null;
    }

    private static int ClassOf(int character) => Known.Value.Classes.GetValueOrDefault(character);

    private static Tables Read()
    {
        using var stream = typeof(CanonicalText).Assembly.GetManifestResourceStream("canonical.txt")
            ?? throw new InvalidOperationException("The table of decompositions is not in the program.");
        using var reader = new StreamReader(stream);
        var tables = new Tables([], [], []);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var at = line.AsSpan().IndexOfAny("=>-");
            var first = Number(line[..at]);
            if (line[at] == '-')
            {
                var (end, its) = (line[(at + 1)..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..]);
                for (var c = first; c <= Number(end); c++)
                    tables.Classes[c] = int.Parse(its, CultureInfo.InvariantCulture);
                continue;
            }

            int[] parts = [.. line[(at + 1)..].Split(' ').Select(Number)];
            tables.Parts[first] = parts;
            if (line[at] == '=') tables.Pairs[(parts[0], parts[1])] = first;
        }

        return tables;

        static int Number(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private sealed record Tables(
        Dictionary<int, int[]> Parts, Dictionary<(int, int), int> Pairs, Dictionary<int, int> Classes);
}
