using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive library --fix</c> and <c>--undo</c>: what files, films and shows are.</summary>
internal static class LibraryGrouping
{
    private const string Route = "/api/v1/library";

    /// <summary>Digits of an item's id; a work's has 16.</summary>
    private const int ItemDigits = 64;

    public static readonly Option<string?> Fix = new("--fix")
    {
        Description = "Say what that file, film or show is: with --title, and of a file with --kind and the like.",
        HelpName = "ID",
    };

    public static readonly Option<string?> Undo = new("--undo")
    {
        Description = "Take back what was said last of that file, film or show.",
        HelpName = "ID",
    };

    private static readonly Option<string?> Title = new("--title")
    {
        Description = "With --fix: the title of the film or show.",
    };

    private static readonly Option<int?> Year = new("--year") { Description = "With --fix: its year." };

    private static readonly Option<string?> Kind = new("--kind")
    {
        Description = "With --fix of a file: film, episode or extra.",
        HelpName = "WORD",
    };

    private static readonly Option<int?> Episode = new("--episode")
    {
        Description = "With --fix of a file: its episode; the season is --season.",
        HelpName = "N",
    };

    private static readonly Option<int?> Last = new("--last")
    {
        Description = "With --fix of a file that has several episodes: the last.",
        HelpName = "N",
    };

    private static readonly Option<string?> Catalogue = new("--catalogue")
    {
        Description = "With --fix: a catalogue's key, such as work:tvdb:s81189.",
        HelpName = "KEY",
    };

    static LibraryGrouping() => Kind.AcceptOnlyFromAmong("film", "episode", "extra");

    public static IEnumerable<Option> Options => [Fix, Undo, Title, Year, Kind, Episode, Last, Catalogue];

    public static async Task<Answer> FixAsync(
        Invocation invocation, string id, int? season, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var said = new JsonObject
        {
            ["title"] = invocation.Value(Title),
            ["year"] = invocation.Value(Year),
            ["catalogue"] = invocation.Value(Catalogue),
        };
        if (id.Length == ItemDigits)
        {
            said["kind"] = invocation.Value(Kind);
            said["season"] = season;
            said["episode"] = invocation.Value(Episode);
            said["last"] = invocation.Value(Last);
        }
        else if (invocation.Value(Title) is null)
        {
            throw CliFailure.CannotRun("usage", "A film or show is given a title: --title TITLE.");
        }

        foreach (var (name, value) in said.ToList())
            if (value is null) said.Remove(name);
        var now = await node.PostAsync(Path(id), said, cancellation);
        return Answer.Done((JsonObject)Documents.Camel(now)!, "Noted. Undo it with: anarchive library --undo " + id);
    }

    public static async Task<Answer> UndoAsync(Invocation invocation, string id, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var now = await node.SendAsync(HttpMethod.Delete, Path(id), null, cancellation);
        return Answer.Done((JsonObject)Documents.Camel(now)!, "What was said before counts again.");
    }

    private static string Path(string id) =>
        $"{Route}/{(id.Length == ItemDigits ? "items/" : "")}{Uri.EscapeDataString(id)}/grouping";
}
