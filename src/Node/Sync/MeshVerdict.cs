using System.Globalization;

namespace Anarchive.Node;

/// <summary>One sentence that answers "is it all right?".</summary>
internal static class MeshVerdict
{
    /// <summary>What this node's owner has to do about the node itself; null where that is nothing.</summary>
    /// <param name="seesCopy">Another node writes with this node's keys.</param>
    /// <param name="frozen">Hives in which this node's chain forked and no other goes on.</param>
    /// <param name="disputed">Hives whose owner's edition says another state than the log here.</param>
    public static string? Warning(bool seesCopy, IReadOnlyList<string> frozen, IReadOnlyList<string> disputed)
    {
        var parts = new List<string>();
        if (frozen.Count > 0)
            parts.Add($"A copy of this node wrote in {string.Join(", ", frozen)}, so what this node writes there is "
                + "refused: stop every other copy, then run group resume.");
        if (seesCopy) parts.Add("Another copy of this node is writing: stop one of them.");
        if (disputed.Count > 0)
            parts.Add($"The owner's edition of {string.Join(", ", disputed)} says another state than this node's log: "
                + "ask the owner, and let nobody join by it.");
        return parts.Count == 0 ? null : string.Join(' ', parts);
    }

    /// <param name="proved">
    /// True when every peer has told its durable vector of every shared group and none is frozen: then what a peer
    /// lacks is durable here, and what we lack is durable there.
    /// </param>
    public static string Sentence(IReadOnlyList<PeerView> peers, bool proved)
    {
        if (peers.Count == 0) return "This node has no peers yet: invite one, or join a hive.";
        var inStep = peers.Count(p => p.State == PeerState.InStep);
        var active = peers.Count(p => p.State != PeerState.Paused);
        if (active == 0) return peers.Count == 1 ? "The only peer is paused." : "All peers are paused.";
        var noun = active == 1 ? "peer" : "peers";
        var first = string.Create(CultureInfo.InvariantCulture, $"In step with {inStep} of {active} {noun}.");
        if (inStep == peers.Count) return first;
        var rest = new List<string>();
        Add(rest, peers, p => p.State is PeerState.CatchingUp or PeerState.Stalled, "behind");
        Add(rest, peers, p => p.State == PeerState.OutOfReach, "out of reach");
        Add(rest, peers, p => p.State == PeerState.Frozen, "frozen");
        Add(rest, peers, p => p.State == PeerState.Paused, "paused");
        return $"{first} {string.Join(", ", rest)}{(proved ? "; nothing is lost." : ".")}";
    }

    private static void Add(List<string> parts, IReadOnlyList<PeerView> peers, Func<PeerView, bool> which, string word)
    {
        var count = peers.Count(which);
        var verb = count == 1 ? "is" : "are";
        if (count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {verb} {word}"));
    }
}
