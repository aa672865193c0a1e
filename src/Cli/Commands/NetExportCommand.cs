using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary><c>anarchive net export --format FORMAT [KEY]</c>, and <c>net players</c>.</summary>
internal static class NetExportCommand
{
    private const string MpvScript = "mpv-script";

    private static readonly Argument<string> Key = new("key")
    {
        Description = "A content key, as net detect --json names it.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "edl, jellyfin, mpv, chapters or csv; mpv-script is the script that reads mpv's file.",
        HelpName = "FORMAT",
        Required = true,
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write it there instead of printing it.",
        HelpName = "FILE",
    };

    private static readonly Option<long?> Duration = new("--duration-ms")
    {
        Description = "Of the film; otherwise of the file seen here.",
    };

    private static readonly Option<string?> Item = new("--item-id")
    {
        Description = "The item's id in Jellyfin.",
    };

    private static readonly Option<bool> Cut = new("--cut")
    {
        Description = "Let Kodi cut it out (action 0), so that nobody can go back to it.",
    };

    private static readonly Option<bool> Buttons = new("--with-buttons")
    {
        Description = "Also give Jellyfin what players should only offer to skip.",
    };

    private static readonly Option<bool> Renew = new("--renew")
    {
        Description = "Make new addresses: players that have the old ones read nothing more.",
    };

    static NetExportCommand() => Format.AcceptOnlyFromAmong("edl", "jellyfin", "mpv", "chapters", "csv", MpvScript);

    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        new Command("export", "Print what players need to skip intros and credits.")
        {
            Key, Format, Out, Duration, Item, Cut, Buttons,
        }.Runs(terminal, RunAsync),
        new Command("players", "Print the addresses under which players of yours read markers.") { Renew }
            .Runs(terminal, PlayersAsync),
    ];

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var format = invocation.Value(Format)!;
        var (text, document) = format == MpvScript
            ? (MpvSidecar.Script(), new JsonObject { [MpvScript] = MpvSidecar.Script() })
            : await AskAsync(invocation, format, cancellation);
        if (invocation.Value(Out) is { Length: > 0 } file)
        {
            Write(file, text);
            return Answer.Done(document, $"Written to {file}.");
        }

        if (invocation.Json) return Answer.Done(document);
        invocation.Terminal.Results.Write(text);
        return Answer.Silent;
    }

    private static async Task<(string Text, JsonObject Document)> AskAsync(
        Invocation invocation, string format, CancellationToken cancellation)
    {
        if (invocation.Value(Key) is not { Length: > 0 } key)
            throw CliFailure.CannotRun("key_required", "Name a content key: anarchive net export KEY --format FORMAT");
        var query = new StringBuilder("/api/v1/net/export?key=" + Uri.EscapeDataString(key) + "&format=" + format);
        if (invocation.Value(Duration) is { } ms) query.Append(
            System.Globalization.CultureInfo.InvariantCulture, $"&duration_ms={ms}");
        if (invocation.Value(Item) is { } item) query.Append("&item_id=" + Uri.EscapeDataString(item));
        if (invocation.Value(Cut)) query.Append("&cut=true");
        if (invocation.Value(Buttons)) query.Append("&buttons=true");
        using var node = NodeApi.Open(invocation.Home);
        var made = (JsonObject)await node.GetAsync(query.ToString(), cancellation);
        return (made.Need("text"), (JsonObject)Documents.Camel(made)!);
    }

    internal static void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.CannotRun("cannot_write", "The disk refused to write that file.");
        }
    }

    private static async Task<Answer> PlayersAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["renew"] = invocation.Value(Renew) };
        var made = (JsonObject)await node.PostAsync("/api/v1/net/read-token", asked, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(made)!,
            $"In place of AniSkip's address: {made.Need("ani_skip")}",
            $"In place of SponsorBlock's:    {made.Need("sponsor_block")}",
            "Whoever has such an address reads your markers: keep it to your own players.");
    }
}
