using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive cache</c>: what this device keeps to play offline.</summary>
internal static class CacheCommand
{
    private const string Route = "/api/v1/fleet/cache";

    private static readonly Argument<string> Item = new("item")
    {
        Description = "A row, by its title, its id, or the beginning of that.",
    };

    private static readonly Argument<string> MaybeItem = new("item")
    {
        Description = "A row, by its title, its id, or the beginning of that.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Argument<string> Search = new("search")
    {
        Description = "Words of names of files; without any, every row.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> Filter = new("--filter")
    {
        Description = "all, starred, leaving (with the next cull) or missing.",
        DefaultValueFactory = _ => "all",
        HelpName = "WORD",
    };

    private static readonly Argument<string> Size = new("size")
    {
        Description = "Such as 40GB or 500MB, or off for no limit but the disk's.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Do it; otherwise it is only shown.",
    };

    private static readonly Option<bool> Everywhere = new("--fleet")
    {
        Description = "The star of the whole fleet, not of this device.",
    };

    private static readonly Option<bool> Manual = new("--manual")
    {
        Description = "Files that a person put here may go too, last of all.",
    };

    static CacheCommand() => Filter.AcceptOnlyFromAmong("all", "starred", "leaving", "missing");

    public static Command Build(Terminal terminal) => new("cache", "What this device keeps to play offline.")
    {
        new Command("list", "Rows, where each stands, and what goes next.") { Search, Filter }
            .Runs(terminal, ListAsync),
        new Command("star", "Protect a row, and bring it back where it is missing.") { Item, Everywhere }
            .Runs(terminal, (i, c) => ActAsync(i, "star", "Starred.", c)),
        new Command("unstar", "Take a star off.") { Item, Everywhere }
            .Runs(terminal, (i, c) => ActAsync(i, "unstar", "It has no star now.", c)),
        new Command("trash", "Let a row go; it does not come back by itself.") { Item }
            .Runs(terminal, (i, c) => ActAsync(i, "trash", null, c)),
        new Command("cancel", "Ask for a row no longer.") { Item }
            .Runs(terminal, (i, c) => ActAsync(i, "cancel", "It is asked for no longer.", c)),
        new Command("undo", "Take back the last act on a row, or the last of all.") { MaybeItem }
            .Runs(terminal, UndoAsync),
        new Command("cull", "What would go now; --apply sets it aside, for a week.") { FleetTelling.Apply }
            .Runs(terminal, CullAsync),
        new Command("restore", "Ask for a row; without one, what is missing, and --apply fetches it.")
        {
            MaybeItem, Apply,
        }.Runs(terminal, RestoreAsync),
        new Command("budget", "What the cache may hold; shows it without a size.") { Size, Manual }
            .Runs(terminal, BudgetAsync),
    };

    private static async Task<Answer> ListAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var query = $"{Route}?q={Uri.EscapeDataString(invocation.Value(Search))}&filter={invocation.Value(Filter)}";
        var (cache, found) = await node.PagesAsync(query, "rows", cancellation);
        cache["rows"] = new JsonArray([.. found.Select(r => r.DeepClone())]);
        var rows = found.Select(Row).ToList();
        var all = cache["tally"]!.AsObject().Number("all");
        var said = found.Count == all ? "" : $" {found.Count} of {Counted.Of((int)all, "row")} listed.";
        return Answer.Done((JsonObject)Documents.Camel(cache)!, Summary(cache) + said) with
        {
            Table = rows.Count == 0 ? null : Terminal.Table(["Item", "Title", "Size", "State", "", "Why"], rows),
        };
    }

    /// <param name="done">Null where the node has to be asked what comes of it.</param>
    private static async Task<Answer> ActAsync(
        Invocation invocation, string act, string? done, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var item = await FindAsync(node, invocation.Value(Item), cancellation);
        var body = new JsonObject { ["act"] = act };
        if (act is "star" or "unstar" && invocation.Value(Everywhere)) body["scope"] = "fleet";
        await node.PostAsync($"{Route}/items/{item}/acts", body, cancellation);
        done ??= Trashed((JsonObject)await node.GetAsync(Route, cancellation), item);
        return Answer.Done(new JsonObject { ["item"] = item, ["act"] = act }, done);
    }

    /// <summary>What becomes of a row that was trashed.</summary>
    private static string Trashed(JsonObject cache, string item)
    {
        var row = cache.Array("rows").FirstOrDefault(r => r.Need("item") == item);
        if (row?.Text("keep") is { Length: > 0 } keep) return $"Trashed: it stays for now ({keep}).";
        if (string.IsNullOrEmpty(row?.Text("cull"))) return "Trashed: it does not come back by itself.";
        return cache.Flag("agreed")
            ? "Trashed: it goes with the next cull."
            : "Trashed: it goes once you say so, by anarchive cache cull.";
    }

    private static async Task<Answer> UndoAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var body = new JsonObject { ["item"] = null };
        if (invocation.Value(MaybeItem) is { Length: > 0 } named)
            body["item"] = await FindAsync(node, named, cancellation);
        var undone = (JsonObject)await node.PostAsync($"{Route}/undo", body, cancellation);
        return Answer.Done((JsonObject)Documents.Camel(undone)!, $"Undone for {undone.Need("item")[..12]}.");
    }

    private static async Task<Answer> CullAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var body = new JsonObject { ["apply"] = invocation.Value(FleetTelling.Apply) };
        var culled = (JsonObject)await node.PostAsync($"{Route}/cull", body, cancellation);
        var rows = culled.Array("rows").Select(Row).ToList();
        var what = $"{Counted.Of(rows.Count, "row")}, {culled.Count("bytes", "byte")}";
        List<string> lines =
        [
            culled.Flag("applied") ? $"Set aside for a week: {what}."
                : rows.Count == 0 ? "Nothing is to go."
                : $"Would go: {what}. To do it: anarchive cache cull --apply {culled.Need("plan_id")}",
        ];
        if (culled.Number("over_bytes") > 0)
            lines.Add($"{culled.Count("over_bytes", "byte")} over the budget remain, which have to stay.");
        return Answer.Done((JsonObject)Documents.Camel(culled)!, [.. lines]) with
        {
            Table = rows.Count == 0 ? null : Terminal.Table(["Item", "Title", "Size", "State", "", "Why"], rows),
        };
    }

    private static async Task<Answer> RestoreAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        if (invocation.Value(MaybeItem) is { Length: > 0 } named)
        {
            var item = await FindAsync(node, named, cancellation);
            await node.PostAsync($"{Route}/items/{item}/acts", new JsonObject { ["act"] = "restore" }, cancellation);
            return Answer.Done(new JsonObject { ["item"] = item, ["act"] = "restore" }, "It is asked for.");
        }

        var body = new JsonObject { ["apply"] = invocation.Value(Apply) };
        var restores = (JsonObject)await node.PostAsync($"{Route}/restore", body, cancellation);
        var rows = restores.Array("missing").Select(Row).ToList();
        var said = $"{Counted.Of(rows.Count, "row")} missing, {restores.Count("begun", "restore")} begun.";
        return Answer.Done((JsonObject)Documents.Camel(restores)!, said) with
        {
            Table = rows.Count == 0 ? null : Terminal.Table(["Item", "Title", "Size", "State", "", "Why"], rows),
        };
    }

    private static async Task<Answer> BudgetAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        JsonObject cache;
        if (invocation.Value(Size) is { Length: > 0 } size)
        {
            var body = new JsonObject { ["bytes"] = Read(size), ["culls_manual"] = invocation.Value(Manual) };
            cache = (JsonObject)await node.PostAsync($"{Route}/budget", body, cancellation);
        }
        else
        {
            cache = (JsonObject)await node.GetAsync(Route, cancellation);
        }

        return Answer.Done((JsonObject)Documents.Camel(cache)!, Summary(cache));
    }

    /// <summary>Bytes; null for <c>off</c>.</summary>
    private static long? Read(string size) => size == "off"
        ? null
        : Sizes.Read(size)
            ?? throw CliFailure.CannotRun("usage", "A size looks like 40GB, 2.5TB or 500MB, or is off.");

    private static async Task<string> FindAsync(NodeApi node, string named, CancellationToken cancellation)
    {
        if (named.Length == 64) return Uri.EscapeDataString(named);
        var cache = (JsonObject)await node.GetAsync(Route, cancellation);
        var found = cache.Array("rows")
            .Where(r => r.Text("title") == named || r.Need("item").StartsWith(named, StringComparison.Ordinal))
            .Select(r => r.Need("item")).Distinct().ToList();
        return found switch
        {
            [var one] => one,
            [] => throw CliFailure.Refused("not_found", "There is no such row: see anarchive cache list."),
            _ => throw CliFailure.CannotRun("usage", "Several rows are called or begin like that: name one by its id."),
        };
    }

    private static string Summary(JsonObject cache)
    {
        var budget = cache["budget_bytes"] is null ? "no budget" : $"a budget of {cache.Count("budget_bytes", "byte")}";
        var over = cache.Number("over_bytes") > 0
            ? $" {cache.Count("over_bytes", "byte")} too much, all of which have to stay."
            : "";
        var absent = cache["absent_volumes"] is JsonArray { Count: > 0 }
            ? " A volume is not there: nothing of it is culled or fetched."
            : "";
        return $"{cache.Count("used_bytes", "byte")} used, {budget}.{over}{absent}";
    }

    private static string[] Row(JsonObject row) =>
    [
        row.Need("item")[..12], row.Need("title"), row.Count("size"), row.Need("state"),
        row.Flag("starred") ? "starred" : row.Flag("trashed") ? "trashed" : "",
        row.Text("cull") is { } cull ? $"goes: {cull}"
            : row.Text("keep") is { } keep ? $"stays: {keep}"
            : row.Text("hold") ?? row.Text("code") ?? "",
    ];
}
