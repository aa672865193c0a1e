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
        if (!noWait) NeedAnswers(invocation);
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
        var match = await MatchAsync(invocation, cancellation);
        return await DecideAsync(node, id, match ? "accept" : "deny", cancellation);
    }

    /// <summary>The owner's word on a pairing, whichever side it was begun from.</summary>
    public static async Task<Answer> DecideAsync(
        NodeApi node, string id, string act, CancellationToken cancellation)
    {
        var all = (JsonObject)await node.GetAsync("/api/v1/pairings", cancellation);
        if (all.Array("asked").Any(p => p.Text("id") == id))
            return Said(await AnswerAsync(node, id, act, cancellation));
        var path = $"/api/v1/pairings/{Uri.EscapeDataString(id)}/{act}";
        var done = (JsonObject)await node.PostAsync(path, [], cancellation);
        var said = done.Text("state") == "accepted"
            ? $"{done.Need("name")} is let in as {done.Need("kind")}."
            : "Turned away; nothing was shared.";
        return Answer.Done((JsonObject)Documents.Camel(done)!, said);
    }

    /// <summary>Brings a text, asks about the words, and waits for the other owner's answer.</summary>
    public static async Task<Answer> AskAsync(
        Invocation invocation, NodeApi node, string text, bool noWait, CancellationToken cancellation)
    {
        if (!noWait) NeedAnswers(invocation);
        var call = (JsonObject)await node.PostAsync(
            "/api/v1/pairings/ask", new JsonObject { ["text"] = text }, cancellation);
        var id = call.Need("id");
        invocation.Terminal.Remark($"On the other screen must stand: {call.Need("words")}");
        var waits = call.Text("state") == "asked";
        if (waits && noWait) return Answer.Done((JsonObject)Documents.Camel(call)!, id);
        if (waits) call = await CompareAsync(invocation, node, id, cancellation);
        return call.Text("state") == "accepted" || call.Text("code") == "pairing_withdrawn"
            ? Said(call)
            : throw CliFailure.Refused(
                call.Text("code") ?? "pairing_denied", "The other side turned this node away, or the time was over.");
    }

    private static async Task<JsonObject> CompareAsync(
        Invocation invocation, NodeApi node, string id, CancellationToken cancellation)
    {
        try
        {
            var match = await MatchAsync(invocation, cancellation);
            var call = await AnswerAsync(node, id, match ? "accept" : "deny", cancellation);
            if (call.Text("state") != "asked") return call;
            invocation.Terminal.Remark("Waiting until the words are compared there.");
            return await WaitAsync(node, "asked", id, state => state != "asked", cancellation);
        }
        catch (OperationCanceledException)
        {
            try
            {
                // Whoever interrupts shares nothing.
                await AnswerAsync(node, id, "deny", CancellationToken.None);
            }
            catch (CliFailure)
            {
                // It was decided in the same moment.
            }

            throw;
        }
    }

    private static async Task<JsonObject> AnswerAsync(
        NodeApi node, string id, string act, CancellationToken cancellation) =>
        (JsonObject)await node.PostAsync(
            $"/api/v1/pairings/asked/{Uri.EscapeDataString(id)}/{act}", [], cancellation);

    private static Answer Said(JsonObject call)
    {
        var said = call.Text("state") switch
        {
            "accepted" => $"Paired as {call.Need("kind")}.",
            "asked" => "Paired as soon as the other side says so, too: pair list shows it.",
            _ => "Withdrawn; nothing was shared.",
        };
        return Answer.Done((JsonObject)Documents.Camel(call)!, said);
    }

    private static void NeedAnswers(Invocation invocation)
    {
        if (Console.IsInputRedirected || !invocation.Terminal.Attended || invocation.Json)
            throw CliFailure.CannotRun(
                "answer_needed", "Nobody is here to compare the words: give --no-wait, then pair accept.");
    }

    private static async Task<bool> MatchAsync(Invocation invocation, CancellationToken cancellation)
    {
        invocation.Terminal.Remarks.Write("Do the words match? [y/N] ");
        // Reading knows of no interruption; waiting for it does.
        var line = await Task.Run(Console.ReadLine, cancellation).WaitAsync(cancellation);
        return line?.Trim() is "y" or "Y" or "yes";
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
