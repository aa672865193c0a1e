using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What peers show of this node: its clock, and whether it can be called.</summary>
public static class PeerChecks
{
    /// <summary>The median of peers decides: one of them may be the one that is wrong.</summary>
    /// <param name="peers">How far each one's clock is ahead of ours, in ms; null where it was not heard.</param>
    public static Finding Clocks(IReadOnlyList<(string? Name, long? AheadMs)> peers)
    {
        const string check = "peers' clocks";
        var ahead = peers.Select(p => p.AheadMs).OfType<long>().Order().ToArray();
        if (ahead.Length == 0) return Finding.Ok(check, "no peer has been heard yet");
        var median = ahead[ahead.Length / 2];
        if (Math.Abs(median) > Limits.RequestSkewMs)
            return Finding.Problem(
                check,
                median switch
                {
                    > 0 => (Sentence)$"This machine's clock is {Apart(median)} behind its peers'.",
                    _ => $"This machine's clock is {Apart(median)} ahead of its peers'.",
                },
                "Set the clock, or let NTP set it; then restart the node.");
        var wrong = peers.Where(p => Math.Abs(p.AheadMs ?? 0) > Limits.RequestSkewMs).ToList();
        return wrong.Count == 0
            ? Finding.Ok(check, $"within {Apart(ahead.Max(Math.Abs))} of ours")
            : Finding.Advice(
                check,
                [.. wrong.Select(p => (NameOf(p.Name), Off(p.AheadMs!.Value)))],
                "Tell their owners to set their clocks.");
    }

    /// <summary>One peer that can call is enough: another may be behind a wall of its own.</summary>
    /// <param name="endpoint">Where peers are told this node is; null where nowhere.</param>
    public static Finding Reach(string? endpoint, IReadOnlyList<(bool Reached, string? Code)> answers)
    {
        const string check = "reachability";
        // Those that were asked a moment ago do not answer anew.
        var said = answers.Where(a => a.Code != "rate_limited").ToList();
        var reached = said.Count(a => a.Reached);
        if (answers.Count == 0) return Finding.Ok(check, "no peer is there that could be asked");
        if (said.Count == 0) return Finding.Ok(check, "peers were asked within the last half minute: ask again later");
        if (reached > 0)
            return Finding.Ok(check, said.Count switch
            {
                1 => (Sentence)$"{reached} of 1 peer asked can call this node",
                var asked => $"{reached} of {asked} peers asked can call this node",
            });
        Sentence at = "any address";
        if (endpoint is not null) at = $"{endpoint}";
        var why = string.Join(", ", said.Select(a => a.Code ?? "unreachable").Distinct());
        return Finding.Problem(
            check,
            said.Count switch
            {
                1 => (Sentence)$"0 of 1 peer asked can call this node at {at}: {why}.",
                var asked => $"0 of {asked} peers asked can call this node at {at}: {why}.",
            },
            "Open the port of peers.listen in firewall and router, and set peers.endpoint to the address outside.");
    }

    private static Sentence NameOf(string? name)
    {
        if (name is null) return "a peer";
        return $"{name}";
    }

    private static Sentence Off(long aheadMs) => $"is off by {Apart(aheadMs)}";

    private static Sentence Apart(long ms) => Math.Abs(ms) switch
    {
        < 1_000 => (Sentence)"a second",
        < 120_000 and var near => $"{near / 1000} s",
        var far => $"{far / 60_000} min",
    };
}
