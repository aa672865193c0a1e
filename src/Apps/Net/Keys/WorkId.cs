using System.Globalization;

namespace Anarchive.Net;

/// <summary>A film or series in a public catalogue, and perhaps an episode of it.</summary>
/// <param name="Catalogue">tvdb, tmdb, imdb, mal or anidb.</param>
/// <param name="Id">
/// As the catalogue spells it; for tvdb and tmdb with <c>m</c> or <c>s</c> before it, whose films and series share
/// numbers.
/// </param>
/// <param name="Season">
/// Null where the whole is named. 0 for specials; mal and anidb number within one entry, so theirs is 1 or 0.
/// </param>
public sealed record WorkId(string Catalogue, string Id, int? Season, int? Episode)
{
    public const int SeasonMax = 999;
    public const int EpisodeMax = 9_999;

    private const string Prefix = "work:";

    /// <summary>False for anything but the one spelling.</summary>
    public static bool TryParse(string? text, out WorkId? work)
    {
        work = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (text[Prefix.Length..].Split(':') is not [var catalogue, var rest]) return false;
        var parts = rest.Split('/');
        if (parts.Length is not (1 or 3) || !IsId(catalogue, parts[0])) return false;
        if (parts.Length == 1)
        {
            work = new WorkId(catalogue, parts[0], null, null);
            return true;
        }

        var season = KeyNumber.TryRead(parts[1], catalogue is "mal" or "anidb" ? 1 : SeasonMax);
        var episode = KeyNumber.TryRead(parts[2], EpisodeMax);
        // A film has no episodes.
        if (season is null || episode is null || parts[0][0] == 'm') return false;
        work = new WorkId(catalogue, parts[0], (int)season, (int)episode);
        return true;
    }

    /// <summary>The film or series that an episode belongs to.</summary>
    public WorkId Whole => this with { Season = null, Episode = null };

    public override string ToString() => Season is { } season && Episode is { } episode
        ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Catalogue}:{Id}/{season}/{episode}")
        : $"{Prefix}{Catalogue}:{Id}";

    private static bool IsId(string catalogue, string id) => catalogue switch
    {
        "imdb" => id.Length is >= 9 and <= 12 && id.StartsWith("tt", StringComparison.Ordinal)
            && id.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0,
        "tvdb" or "tmdb" => id.Length > 1 && id[0] is 'm' or 's' && IsNumber(id.AsSpan(1)),
        "mal" or "anidb" => IsNumber(id),
        _ => false,
    };

    private static bool IsNumber(ReadOnlySpan<char> text) => KeyNumber.TryRead(text, int.MaxValue) > 0;
}
