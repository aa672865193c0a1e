using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive library</c>: the films and shows that can be watched.</summary>
internal static class LibraryCommand
{
    private const string Route = "/api/v1/library";

    private static readonly Argument<string> Search = new("search")
    {
        Description = "Words of titles and of names of files; without any, everything.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> Filter = new("--filter")
    {
        Description = "all, here, below (its floor), ungrouped or elsewhere.",
        DefaultValueFactory = _ => "all",
        HelpName = "WORD",
    };

    private static readonly Option<string?> Work = new("--work")
    {
        Description = "The files of one film or show, by the id that the list prints.",
        HelpName = "ID",
    };

    private static readonly Option<int?> Season = new("--season")
    {
        Description = "Which season of that show; without it the first.",
        HelpName = "N",
    };

    private static readonly Option<bool> Next = new("--next")
    {
        Description = "What somebody began, on this device or another, and episodes that come next.",
    };

    private static readonly Option<string?> Forget = new("--forget")
    {
        Description = "Forget how far somebody came in that item, on every device of the fleet.",
        HelpName = "ITEM",
    };

    static LibraryCommand() => Filter.AcceptOnlyFromAmong("all", "here", "below", "ungrouped", "elsewhere");

    public static Command Build(Terminal terminal)
    {
        var command = new Command("library", "List films and shows, or the files of one; say what they are.")
        {
            Search, Filter, Work, Season, Next, Forget,
        };
        foreach (var option in LibraryGrouping.Options) command.Add(option);
        return command.Runs(terminal, (invocation, cancellation) => invocation switch
        {
            _ when invocation.Value(LibraryGrouping.Fix) is { Length: > 0 } id =>
                LibraryGrouping.FixAsync(invocation, id, invocation.Value(Season), cancellation),
            _ when invocation.Value(LibraryGrouping.Undo) is { Length: > 0 } id =>
                LibraryGrouping.UndoAsync(invocation, id, cancellation),
            _ when invocation.Value(Forget) is { Length: > 0 } item => ForgetAsync(invocation, item, cancellation),
            _ when invocation.Value(Next) => NextAsync(invocation, cancellation),
            _ when invocation.Value(Work) is { Length: > 0 } work => FilesAsync(invocation, work, cancellation),
            _ => ListAsync(invocation, cancellation),
        });
    }

    private static async Task<Answer> NextAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var next = ((JsonArray)await node.GetAsync(Route + "/next", cancellation)).OfType<JsonObject>().ToList();
        return Answer.Listed(
            new JsonObject { ["next"] = Documents.Camel(new JsonArray([.. next.Select(n => n.DeepClone())])) },
            "Nothing was begun.",
            ["Item", "Title", "Episode", "At", "On"],
            next.Select(n => new[]
            {
                n.Need("item"), n.Need("title"), n.Text("episode") ?? "",
                n["position_ms"] is null ? "comes next" : Net.ClockTime.Show(n.Number("position_ms")),
                n.Text("watched_on") ?? "",
            }).ToList());
    }

    private static async Task<Answer> ForgetAsync(
        Invocation invocation, string item, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        await node.SendAsync(
            HttpMethod.Delete, $"{Route}/items/{Uri.EscapeDataString(item)}/position", null, cancellation);
        return Answer.Done(new JsonObject { ["forgotten"] = item }, "It is as if nobody had watched it.");
    }

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var query = $"{Route}?q={Uri.EscapeDataString(invocation.Value(Search))}&filter={invocation.Value(Filter)}";
        var (first, works) = await node.PagesAsync(query, "works", cancellation);
        first["works"] = new JsonArray([.. works.Select(w => w.DeepClone())]);
        var said = first.Number("total") == 0
            ? "Nothing is listed. Folders are watched with: anarchive fleet volume watch"
            : $"{Counted.Of((int)first.Number("total"), "work")} of {Counted.Of(All(first), "work")}, "
                + $"{first.Count("here")} of which can be played here.";
        return Answer.Done((JsonObject)Documents.Camel(first)!, said) with
        {
            Table = works.Count == 0
                ? null
                : Terminal.Table(["Id", "Title", "Year", "Kind", "Here", "Copies", ""], works.Select(Row)),
        };
    }

    private static async Task<Answer> FilesAsync(Invocation invocation, string work, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var season = invocation.Value(Season) is { } n ? n.ToString(CultureInfo.InvariantCulture) : "";
        var query = $"{Route}/{Uri.EscapeDataString(work)}{(season.Length > 0 ? "?season=" + season : "")}";
        var (first, files) = await node.PagesAsync(query, "files", cancellation);
        first["files"] = new JsonArray([.. files.Select(f => f.DeepClone())]);
        var about = (JsonObject)first["work"]!;
        return Answer.Done((JsonObject)Documents.Camel(first)!, about.Need("title")) with
        {
            Table = Terminal.Table(["Item", "Episode", "File", "Here", "Copies", "Watched"], files.Select(File)),
        };
    }

    private static int All(JsonObject library) => (int)(library.Number("films") + library.Number("shows")
        + library.Number("ungrouped") + library.Number("elsewhere"));

    private static string[] Row(JsonObject work) =>
    [
        work.Need("work"), work.Need("title") is { Length: > 0 } title ? title : work.Text("item")?[..12] ?? "",
        work["year"] is null ? "" : work.Count("year"),
        work.Text("kind") == "show" ? Counted.Of((int)work.Number("episodes"), "episode") : work.Need("kind"),
        $"{work.Count("here")} of {work.Count("files")}", work["copies"] is null ? "" : work.Count("copies"),
        work.Flag("below") ? "below floor" : "",
    ];

    private static string[] File(JsonObject file) =>
    [
        file.Need("item")[..12], file.Text("episode") ?? "", file.Need("name"), file.Flag("here") ? "here" : "",
        file["copies"] is null ? "" : file.Count("copies"),
        file.Flag("watched") ? "watched"
            : file["position_ms"] is null ? ""
            : Net.ClockTime.Show(file.Number("position_ms")),
    ];
}
