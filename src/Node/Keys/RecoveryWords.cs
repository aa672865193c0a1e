using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// 32 bytes as 24 words and back (BIP-39, https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki): 256 bits and
/// the first eight of their SHA-256, eleven bits for each word of the English list.
/// </summary>
/// <remarks>The list is BIP-39's, byte for byte, under the MIT licence; it is in the order of its letters.</remarks>
public static class RecoveryWords
{
    public const int Count = 24;

    private const int BitsOfWord = 11;
    private const string ListName = "bip39-english.txt";

    private static readonly Lazy<string[]> List = new(ReadList);

    public static Problem BadCount(int count) => new(
        "words_count", 400, $"A key is {Count} words, and here are {count}: look for what is missing or too much.");

    /// <param name="place">Counted from one.</param>
    public static Problem Unknown(int place) => new(
        "word_unknown", 400, $"The {Ordinal(place)} word is not in the list: look at how it is spelled.");

    public static Problem Mismatch { get; } = new(
        "words_mismatch", 400, "The words do not belong together: one is another word, or two have changed places.");

    /// <summary>The words of exactly 32 bytes, in their order.</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Hash256.Size) throw new ArgumentException("Not 32 bytes.", nameof(secret));
        Span<byte> bits = [.. secret, SHA256.HashData(secret)[0]];
        var words = new string[Count];
        for (var word = 0; word < Count; word++)
        {
            var index = 0;
            for (var at = word * BitsOfWord; at < (word + 1) * BitsOfWord; at++)
                index = (index << 1) | ((bits[at / 8] >> (7 - (at % 8))) & 1);
            words[word] = List.Value[index];
        }

        return words;
    }

    /// <summary>The secret of words as people write them down: any case, numbered or not, on any lines.</summary>
    /// <remarks>Codes: words_count, word_unknown, words_mismatch. No problem says a word.</remarks>
    public static (byte[]? Secret, Problem? Problem) Read(string text)
    {
        var words = Split(text);
        if (words.Count != Count) return (null, BadCount(words.Count));
        var bits = new byte[Hash256.Size + 1];
        for (var word = 0; word < Count; word++)
        {
            var index = Index(words[word]);
            if (index < 0) return (null, Unknown(word + 1));
            for (var bit = 0; bit < BitsOfWord; bit++)
            {
                var at = (word * BitsOfWord) + bit;
                bits[at / 8] |= (byte)(((index >> (BitsOfWord - 1 - bit)) & 1) << (7 - (at % 8)));
            }
        }

        var secret = bits[..Hash256.Size];
        return SHA256.HashData(secret)[0] == bits[Hash256.Size] ? (secret, null) : (null, Mismatch);
    }

    /// <summary>The words of a text, in small letters.</summary>
    public static IReadOnlyList<string> Split(string text) =>
        [.. new string([.. text.Select(c => char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static int Index(string word)
    {
        var (from, to) = (0, List.Value.Length - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var order = string.CompareOrdinal(word, List.Value[middle]);
            if (order == 0) return middle;
            if (order < 0) to = middle - 1;
            else from = middle + 1;
        }

        return -1;
    }

    private static string Ordinal(int number) => number switch
    {
        1 or 21 => $"{number}st",
        2 or 22 => $"{number}nd",
        3 or 23 => $"{number}rd",
        _ => $"{number}th",
    };

    private static string[] ReadList()
    {
        using var list = typeof(RecoveryWords).Assembly.GetManifestResourceStream(ListName)
            ?? throw new InvalidOperationException("The list of words is not in the program.");
        using var reader = new StreamReader(list);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
