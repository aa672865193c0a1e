using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>Two nodes that get to know each other, seen from either terminal.</summary>
internal static class Pairing
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Offers a text, waits for the node that brings it, and asks its owner about the words.</summary>
    public static async Task<Answer> OfferAsync(
        Invocation invocation, NodeApi node, string kind, bool noWait, CancellationToken cancellation)
    {
        if (!noWait && (Console.IsInputRedirected || !invocation.Terminal.Attended || invocation.Json))
            throw CliFailure.CannotRun(
                "answer_needed", "Nobody is here to compare the words: give --no-wait, then pair accept.");
        var offer = (JsonObject)await node.PostAsync(
            "/api/v1/pairings", new JsonObject { ["kind"] = kind }, cancellation);
        if (noWait) return Answer.Done((JsonObject)Documents.Camel(offer)!, offer.Need("text"));
        invocation.Terminal.Result(offer.Need("text"));
        invocation.Terminal.Remark("Good for one node and ten minutes. On that node: anarchive join TEXT");
        var id = offer.Need("id");
        var asked = await WaitAsync(node, "offered", id, state => state != "open", cancellation);
        if (asked.Text("state") != "asked")
            throw CliFailure.Refused("invite_lapsed", "Nobody brought the text within its time: make a new one.");
        invocation.Terminal.Remark($"{asked.Need("name")} asks. On its screen must stand: {asked.Need("words")}");
        invocation.Terminal.Remarks.Write("Do the words match? [y/N] ");
        var match = Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
        return await DecideAsync(node, id, match ? "accept" : "deny", cancellation);
    }

    public static async Task<Answer> DecideAsync(
        NodeApi node, string id, string act, CancellationToken cancellation)
    {
        var path = $"/api/v1/pairings/{Uri.EscapeDataString(id)}/{act}";
        var done = (JsonObject)await node.PostAsync(path, [], cancellation);
        var said = done.Text("state") == "accepted"
            ? $"{done.Need("name")} is let in as {done.Need("kind")}."
            : "Turned away; nothing was shared.";
        return Answer.Done((JsonObject)Documents.Camel(done)!, said);
    }

    /// <summary>Brings a text, shows the words, and waits for the other owner's answer.</summary>
    public static async Task<Answer> AskAsync(
        Invocation invocation, NodeApi node, string text, CancellationToken cancellation)
    {
        var call = (JsonObject)await node.PostAsync(
            "/api/v1/pairings/ask", new JsonObject { ["text"] = text }, cancellation);
        invocation.Terminal.Remark($"On the other screen must stand: {call.Need("words")}");
        invocation.Terminal.Remark("Waiting until the words are compared there.");
        var done = await WaitAsync(node, "asked", call.Need("id"), state => state != "asked", cancellation);
        return done.Text("state") == "accepted"
            ? Answer.Done((JsonObject)Documents.Camel(done)!, $"Paired as {done.Need("kind")}.")
            : throw CliFailure.Refused(
                done.Text("code") ?? "pairing_denied", "The other side turned this node away, or the time was over.");
    }

    private static async Task<JsonObject> WaitAsync(
        NodeApi node, string list, string id, Func<string?, bool> isDone, CancellationToken cancellation)
    {
        while (true)
        {
            var all = (JsonObject)await node.GetAsync("/api/v1/pairings", cancellation);
            var one = all.Array(list).FirstOrDefault(p => p.Text("id") == id)
                ?? throw CliFailure.Refused("invite_lapsed", "A restart of the node ended it: begin anew.");
            if (isDone(one.Text("state"))) return one;
            await Task.Delay(LookEvery, cancellation);
        }
    }
}
