using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>The language of subtitles, between dots before the extension: "Title.en.forced.srt".</summary>
internal static class SubtitleRule
{
    /// <summary>Language, title, and what the subtitles are for.</summary>
    private const int PiecesMax = 5;

    private static readonly FrozenSet<string> Uses =
        "default forced sdh cc hi full foreign signs".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Cuts uses and language off the end of a subtitle file's name, and reports the language.</summary>
    public static string Apply(string name, ICollection<string> languages)
    {
        for (var pieces = 0; pieces < PiecesMax; pieces++)
        {
            var dot = name.LastIndexOf('.');
            if (dot <= 0) break;
            var piece = name[(dot + 1)..].ToLowerInvariant();
            if (CodeOf(piece) is { } code) languages.Add(code);
            // A title of the subtitles' own only in front of more of these.
            else if (!Uses.Contains(piece) && !IsKnown(name[..dot])) break;
            name = name[..dot];
        }

        return name;
    }

    private static bool IsKnown(string name)
    {
        var piece = name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant();
        return piece.Length < name.Length && (Uses.Contains(piece) || CodeOf(piece) is not null);
    }

    // "pt", "por", "ru-something".
    private static string? CodeOf(string piece) =>
        LanguageWords.CodeOf(piece) ?? LanguageWords.CodeOf(piece.Split('-')[0]);
}
