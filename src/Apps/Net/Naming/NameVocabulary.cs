using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>Words around numbers, in lower case, in the languages release names are written in.</summary>
internal static class NameVocabulary
{
    public static readonly FrozenSet<string> Season = Set(
        "season seasons saison temporada stagione staffel seizoen sezon sæson säsong sezona série se"
        + " сезон сезони сезоны");

    /// <summary>Before a number, and hardly ever title there.</summary>
    public static readonly FrozenSet<string> Episode = Set(
        "ep eps epi episode episodes épisode épisodes episodio episodios folge afl aflevering capitulo capítulo"
        + " odc odcinek серія серії серій серия серии серий эпизод");

    /// <summary>Behind a number: Turkish series.</summary>
    public static readonly FrozenSet<string> EpisodeBehind = Set("bölüm bolum bölum blm");

    /// <summary>Behind a number: Chinese and Japanese.</summary>
    public static readonly FrozenSet<string> Counter = Set("话 話 集 回 话完 集全");

    /// <summary>Between two episode numbers.</summary>
    public static readonly FrozenSet<string> And = Set("and en und et y to");

    /// <summary>Between a number and how many there are.</summary>
    public static readonly FrozenSet<string> Of = Set("of из із з von de di");

    public static readonly FrozenSet<string> Part = Set("part pt parte partie teil");

    public static readonly FrozenSet<string> Volume = Set("vol volume p");

    /// <summary>Before the number of a part that is a file of its own.</summary>
    public static readonly FrozenSet<string> Piece = Set("cd disc disk pt");

    /// <summary>Behind the number of the last episode, or of an only one.</summary>
    public static readonly FrozenSet<string> End = Set("end fin final finale 完 完结");

    public static readonly FrozenDictionary<string, int> Numerals =
        Count("one two three four five six seven eight nine ten");

    public static readonly FrozenDictionary<string, int> HanNumerals = Count("一 二 三 四 五 六 七 八 九 十");

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static FrozenDictionary<string, int> Count(string words) => words.Split(' ').Index()
        .ToFrozenDictionary(entry => entry.Item, entry => entry.Index + 1, StringComparer.Ordinal);
}
