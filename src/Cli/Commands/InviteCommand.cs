using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive invite HIVE</c>: one text that lets one other node join.</summary>
internal static class InviteCommand
{
    private static readonly Argument<string> Hive = new("hive") { Description = "The hive to share." };

    public static Command Build(Terminal terminal) =>
        new Command("invite", "Make an invite that lets one other node join a hive.") { Hive }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var invite = (JsonObject)await node.PostAsync(
            "/api/v1/sync/invites", new JsonObject { ["hive"] = invocation.Value(Hive) }, cancellation);
        invocation.Terminal.Remark("Good for one node and seven days. On that node: anarchive join TEXT");
        return Answer.Done((JsonObject)Documents.Camel(invite)!, invite.Need("invite"));
    }
}
