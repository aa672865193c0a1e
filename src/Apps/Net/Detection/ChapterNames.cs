using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>A chapter as the file names it.</summary>
public readonly record struct Chapter(string Title, long StartMs, long EndMs);

/// <summary>Finds markers among a file's chapters by what those are called.</summary>
/// <remarks>
/// A whole title has to match, apart from case, punctuation and a number: "The opening move" is a chapter of the story.
/// </remarks>
public static class ChapterNames
{
    private const int TitleCharsMax = 64;

    private static readonly FrozenDictionary<string, MarkerType> Types = new (MarkerType Type, string[] Names)[]
    {
        (MarkerType.Intro,
        [
            "intro", "introduction", "opening", "op", "opening credits", "opening theme", "opening titles",
            "main title", "main titles", "title sequence", "theme", "theme song", "title song", "vorspann", "générique",
            "générique de début", "cabecera", "sigla", "オープニング", "オープニングテーマ", "片头",
        ]),
        (MarkerType.Outro,
        [
            "outro", "ending", "ed", "ending credits", "ending theme", "end credits", "end titles", "credits",
            "closing credits", "closing theme", "abspann", "générique de fin", "créditos", "titoli di coda",
            "エンディング", "エンディングテーマ", "片尾",
        ]),
        (MarkerType.Recap,
        [
            "recap", "previously", "previously on", "last time", "story so far", "the story so far", "rückblick",
            "was bisher geschah", "あらすじ",
        ]),
        (MarkerType.Preview,
        [
            "preview", "next episode", "next episode preview", "next time", "next time on", "coming next", "vorschau",
            "予告", "次回予告",
        ]),
        (MarkerType.Commercial,
        [
            "commercial", "commercials", "commercial break", "ad", "ads", "ad break", "advert", "adverts",
            "advertisement", "advertisements", "werbung", "werbepause", "publicité", "publicidad", "pubblicità", "cm",
            "コマーシャル", "广告",
        ]),
    }.SelectMany(t => t.Names, (t, name) => KeyValuePair.Create(name, t.Type)).ToFrozenDictionary();

    /// <summary>Null for a chapter of the story.</summary>
    public static MarkerType? TypeOf(string title) =>
        title.Length <= TitleCharsMax && Types.TryGetValue(Normal(title), out var type) ? type : null;

    /// <summary>The first chapter of that kind whose length such a marker can have; null where there is none.</summary>
    public static Chapter? Find(IEnumerable<Chapter> chapters, MarkerType type)
    {
        foreach (var chapter in FindAll(chapters, type)) return chapter;
        return null;
    }

    /// <summary>All chapters of that kind whose length such a marker can have.</summary>
    public static IEnumerable<Chapter> FindAll(IEnumerable<Chapter> chapters, MarkerType type)
    {
        var (min, max) = NetRules.LengthOf(type);
        foreach (var chapter in chapters)
        {
            var length = chapter.EndMs - chapter.StartMs;
            if (chapter.StartMs >= 0 && length >= min && length <= max && TypeOf(chapter.Title) == type)
                yield return chapter;
        }
    }

    /// <summary>Lower case, words parted by one space, without punctuation and without a number at the end.</summary>
    private static string Normal(string title)
    {
        var letters = title.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ').ToArray();
        var words = new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).TrimEnd("0123456789 ".ToCharArray());
    }
}
