using System.Globalization;
using Anarchive.Net;

namespace Anarchive.Web;

/// <summary>What a form says that a file, or a whole film or show, is; as it was typed.</summary>
/// <param name="Kind">Empty for a whole film or show.</param>
public sealed record GroupingFields(
    string Kind, string Title, string Year, string Season, string Episode, string Last, string Catalogue)
{
    public static GroupingFields Of(ShelfPlace place) => new(
        Word(place.Kind), place.Title, Number(place.Year),
        place.Kind == ShelfKind.Film ? "" : Number(place.Season),
        place.Kind == ShelfKind.Episode ? Number((int)place.Number) : "",
        place.Last > place.Number ? Number((int)place.Last) : "", place.Work ?? "");

    public static GroupingFields Of(IFormCollection sent) => new(
        sent.Field("kind"), sent.Field("title"), sent.Field("year"), sent.Field("season"), sent.Field("episode"),
        sent.Field("last"), sent.Field("catalogue"));

    public static string Word(ShelfKind kind) => kind switch
    {
        ShelfKind.Episode => "episode",
        ShelfKind.Extra => "extra",
        _ => "film",
    };

    /// <summary>Null for no kind of a file.</summary>
    public static ShelfKind? KindOf(string word) => word switch
    {
        "film" => ShelfKind.Film,
        "episode" => ShelfKind.Episode,
        "extra" => ShelfKind.Extra,
        _ => null,
    };

    /// <summary>
    /// As it is meant: with another title the key that the form showed is the old one's, and is left out.
    /// </summary>
    public GroupingFields Beside(string title, string? work) =>
        Title != title && work is not null && Catalogue == work ? this with { Catalogue = "" } : this;

    /// <summary>As a word on one file that stood there as the form was shown.</summary>
    public ShelfWord Read(ShelfPlace shown)
    {
        var meant = Beside(shown.Title, shown.Work);
        var then = Of(shown);
        // A day, a half or a number counted from the start, which the form cannot say, stays what it is.
        return shown.IsReadOtherwise
            && (Kind, Season, Episode, Last) == (then.Kind, then.Season, then.Episode, then.Last)
            ? new ShelfWord(null, meant.Title, meant.ReadYear(), 0, 0, 0, meant.Catalogue.OrNull())
            : meant.Read();
    }

    /// <summary>As a word on one file; what is no number breaks its rule.</summary>
    private ShelfWord Read()
    {
        var first = Read(Episode);
        return new ShelfWord(
            KindOf(Kind) ?? ShelfKind.Nameless, Title, ReadYear(), Read(Season), first,
            Last.Length > 0 ? Read(Last) : first, Catalogue.OrNull());
    }

    /// <summary>Null where it was left out.</summary>
    public int? ReadYear() => Year.Length == 0 ? null : Read(Year);

    /// <summary>0 where it was left out, -1 for what is no number.</summary>
    private static int Read(string text) => text.Length == 0 ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : -1;

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
