using System.Text;

namespace Anarchive.Node;

/// <summary>What a new passphrase must be.</summary>
public static class Passphrases
{
    public const int CharactersMin = 8;

    /// <summary>The key derivation takes no longer for more, but nobody types it.</summary>
    public const int BytesMax = 1024;

    /// <summary>
    /// In UTF-8, or why not: <c>passphrase_short</c>, <c>passphrase_long</c>, <c>passphrases_differ</c>.
    /// </summary>
    public static (byte[]? Bytes, Problem? Problem) Take(string text, string again)
    {
        var problem = text.Length < CharactersMin ? Short : Check(text, again);
        return problem is null ? (Encoding.UTF8.GetBytes(text), null) : (null, problem);
    }

    /// <summary>What holds of every new passphrase, however long it has to be.</summary>
    internal static Problem? Check(string text, string again) =>
        Encoding.UTF8.GetByteCount(text) > BytesMax ? Long : text == again ? null : Differ;

    public static Problem Short { get; } =
        new("passphrase_short", 400, $"A passphrase has at least {CharactersMin} characters.");

    public static Problem Long { get; } =
        new("passphrase_long", 400, $"A passphrase has at most {BytesMax} bytes.");

    public static Problem Differ { get; } =
        new("passphrases_differ", 400, "The two passphrases differ; nothing was done.");
}
