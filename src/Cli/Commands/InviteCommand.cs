using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive invite</c>: one text that lets one node in: to a hive, as a friend, or as a device.</summary>
internal static class InviteCommand
{
    private static readonly Argument<string?> Hive = new("hive")
    {
        Description = "The hive to share.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    private static readonly Option<bool> Friend = new("--friend")
    {
        Description = "Pair with a friend: the first degree, both ways, for ten minutes.",
    };

    private static readonly Option<bool> Fleet = new("--fleet")
    {
        Description = "Pair with another device of yours: it joins the fleet.",
    };

    private static readonly Option<bool> NoWait = new("--no-wait")
    {
        Description = "Print the text and end; answer with pair accept or pair deny.",
    };

    public static Command Build(Terminal terminal) =>
        new Command("invite", "Make a text that lets one other node in: to a hive, as a friend, or as a device.")
        {
            Hive, Friend, Fleet, NoWait,
        }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var (hive, friend, fleet) = (invocation.Value(Hive), invocation.Value(Friend), invocation.Value(Fleet));
        if ((hive is not null ? 1 : 0) + (friend ? 1 : 0) + (fleet ? 1 : 0) != 1)
            throw CliFailure.CannotRun("usage", "Name a hive, or give --friend or --fleet: one of the three.");
        using var node = NodeApi.Open(invocation.Home);
        if (hive is null)
            return await Pairing.OfferAsync(
                invocation, node, friend ? "friend" : "device", invocation.Value(NoWait), cancellation);
        var invite = (JsonObject)await node.PostAsync(
            "/api/v1/sync/invites", new JsonObject { ["hive"] = hive }, cancellation);
        invocation.Terminal.Remark("Good for one node and seven days. On that node: anarchive join TEXT");
        return Answer.Done((JsonObject)Documents.Camel(invite)!, invite.Need("invite"));
    }
}
