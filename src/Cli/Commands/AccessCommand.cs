using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive access</c>: who may come in, besides whoever may read the data directory.</summary>
internal static class AccessCommand
{
    private const string Api = "/api/v1/access";

    private static readonly Argument<string> Name = new("name") { Description = "What the token is for." };

    private static readonly Argument<string> Token = new("token") { Description = "The token's name or id." };

    private static readonly Argument<string> Session = new("session")
    {
        Description = "The session's id, as access show tells it.",
    };

    private static readonly Option<string> Scope = new("--scope")
    {
        Description = "What it may: read, write (also post and vote as you) or owner (everything).",
        HelpName = "SCOPE",
        DefaultValueFactory = _ => "read",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be ended; nothing is changed.",
    };

    public static Command Build(Terminal terminal) =>
        new("access", "See to who may come in: the passphrase, signed-in browsers, and tokens of programs.")
        {
            new Command("show", "Say whether there is an owner, and list browsers that are signed in.")
                .Runs(terminal, ShowAsync),
            new Command("reset", "Remove a forgotten passphrase and sign every browser out.") { DryRun }
                .Runs(terminal, ResetAsync),
            new Command("sign-out", "Sign a browser out.") { Session }.Runs(terminal, SignOutAsync),
            new Command("token", "See to the tokens of programs.")
            {
                new Command("create", "Make a token and print it, this once.") { Name, Scope }
                    .Runs(terminal, CreateAsync),
                new Command("list", "List tokens with what each may, and when it was last used.")
                    .Runs(terminal, TokensAsync),
                new Command("revoke", "End a token: its program comes in no more.") { Token }
                    .Runs(terminal, RevokeAsync),
            },
        };

    public static Command BuildSetupLink(Terminal terminal) =>
        new Command("setup-link", "Print a link by which one browser, anywhere, becomes the owner of this node.")
            .Runs(terminal, SetupLinkAsync);

    /// <summary>What a setup link is told with, where there is one.</summary>
    public static string[] Lines(IEnumerable<string> links, long expiresMs) =>
    [
        .. links.Select((link, n) => n == 0 ? $"Set up in a browser: {link}" : $"                 or: {link}"),
        $"Good once, until {Moments.Local(expiresMs)}.",
    ];

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var access = (JsonObject)await node.GetAsync(Api, cancellation);
        var sessions = access.Array("sessions").Select(s => new[]
        {
            s.Need("id"), s.Need("browser"), s.Need("address"),
            Moments.Local(s.Number("since_ms")), Day(s, "used_day_ms"),
        }).ToArray();
        var answer = Answer.Done(
            (JsonObject)Documents.Camel(access)!,
            access.Flag("owner")
                ? "This node has an owner: nobody comes in without the passphrase or a token."
                : "No passphrase is set: this machine alone is served. Set one in a browser, at /settings/access.",
            sessions.Length == 0 ? "No browser is signed in." : "Browsers that are signed in:");
        return sessions.Length == 0
            ? answer
            : answer with { Table = Terminal.Table(["Session", "Browser", "From", "Since", "Last used"], sessions) };
    }

    private static async Task<Answer> ResetAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var dryRun = invocation.Value(DryRun);
        var did = (JsonObject)await node.PostAsync(
            Api + "/reset", new JsonObject { ["dry_run"] = dryRun }, cancellation);
        var sessions = did.Count("sessions", "browser");
        var said = !did.Flag("owner")
            ? "No passphrase is set; there is nothing to reset."
            : dryRun
                ? $"Nothing was changed. Without --dry-run the passphrase would go and {sessions} be signed out."
                : $"The passphrase is gone and {sessions} signed out. Set another at /settings/access.";
        return Answer.Done((JsonObject)Documents.Camel(did)!, said, "Tokens stay: anarchive access token list");
    }

    private static async Task<Answer> SignOutAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var id = invocation.Value(Session);
        await node.SendAsync(HttpMethod.Delete, $"{Api}/sessions/{Uri.EscapeDataString(id)}", null, cancellation);
        return Answer.Done(new JsonObject { ["signedOut"] = id }, $"{id} is signed out.");
    }

    private static async Task<Answer> CreateAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var asked = new JsonObject { ["name"] = invocation.Value(Name), ["scope"] = invocation.Value(Scope) };
        var made = (JsonObject)await node.PostAsync(Api + "/tokens", asked, cancellation);
        invocation.Terminal.Remark("Shown this once. Programs send it as: Authorization: Bearer TOKEN");
        return Answer.Done((JsonObject)Documents.Camel(made)!, made.Need("text"));
    }

    private static async Task<Answer> TokensAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var access = (JsonObject)await node.GetAsync(Api, cancellation);
        var rows = access.Array("tokens").Select(t => new[]
        {
            t.Need("id"), t.Need("name"), t.Need("scope"), Moments.Local(t.Number("made_ms")), Day(t, "used_day_ms"),
        });
        return Answer.Listed(
            new JsonObject { ["tokens"] = Documents.Camel(access["tokens"]) },
            "No tokens. Make one with: anarchive access token create NAME --scope read",
            ["Token", "Name", "Scope", "Made", "Last used"],
            [.. rows]);
    }

    private static async Task<Answer> RevokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var token = invocation.Value(Token);
        await node.SendAsync(HttpMethod.Delete, $"{Api}/tokens/{Uri.EscapeDataString(token)}", null, cancellation);
        return Answer.Done(new JsonObject { ["revoked"] = token }, $"{token} lets nobody in any more.");
    }

    private static async Task<Answer> SetupLinkAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var made = (JsonObject)await node.PostAsync(Api + "/setup-links", [], cancellation);
        var links = made["links"] is JsonArray array ? array.Select(l => (string?)l ?? "") : [];
        return Answer.Done((JsonObject)Documents.Camel(made)!, Lines(links, made.Number("expires_ms")));
    }

    private static string Day(JsonObject row, string name) => row[name] is null
        ? "never"
        : DateTimeOffset.FromUnixTimeMilliseconds(row.Number(name))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
