using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive join TEXT</c>: redeems an invite.</summary>
internal static class JoinCommand
{
    private static readonly Argument<string> Invite = new("text") { Description = "The invite, as it was pasted." };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "What to call the hive here; otherwise as its owner calls it.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoWait = new("--no-wait")
    {
        Description = "Friends and devices: print the words and the id, and end; answer with pair accept or pair deny.",
    };

    public static Command Build(Terminal terminal) =>
        new Command("join", "Join a hive, a friend or a fleet with a text from there.") { Invite, Name, NoWait }
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var text = invocation.Value(Invite).Trim();
        if (text.StartsWith("af1", StringComparison.Ordinal) || text.StartsWith("ad1", StringComparison.Ordinal))
            return await Pairing.AskAsync(invocation, node, text, invocation.Value(NoWait), cancellation);
        var request = new JsonObject { ["invite"] = text };
        if (invocation.Value(Name) is { } name) request["name"] = name;
        var joined = (JsonObject)await node.PostAsync("/api/v1/sync/join", request, cancellation);
        return Answer.Done(
            (JsonObject)Documents.Camel(joined)!, $"Joined {joined.Need("hive")}; its events are on their way.");
    }
}
