namespace Anarchive.Node;

/// <summary>One sentence that answers "is it all right?".</summary>
internal static class MeshVerdict
{
    /// <summary>What this node's owner has to do about the node itself; null where that is nothing.</summary>
    /// <param name="seesCopy">Another node writes with this node's keys.</param>
    /// <param name="frozen">Hives in which this node's chain forked and no other goes on.</param>
    /// <param name="disputed">Hives whose owner's edition says another state than the log here.</param>
    public static Sentence? Warning(bool seesCopy, IReadOnlyList<string> frozen, IReadOnlyList<string> disputed)
    {
        Sentence? said = null;
        if (frozen.Count > 0)
            said = $"A copy of this node wrote in {string.Join(", ", frozen)}, so what this node writes there is "
                + $"refused: stop every other copy, then run group resume.";
        if (seesCopy) said = Joined(said, "Another copy of this node is writing: stop one of them.");
        if (disputed.Count > 0)
            said = Joined(
                said,
                $"The owner's edition of {string.Join(", ", disputed)} says another state than this node's log: "
                    + $"ask the owner, and let nobody join by it.");
        return said;
    }

    /// <summary>One sentence after the other.</summary>
    public static Sentence Joined(Sentence? first, Sentence then) => first is null ? then : Both(first, then);

    private static Sentence Both(Sentence first, Sentence then) => $"{first} {then}";

    /// <param name="proved">
    /// True when every peer has told its durable vector of every shared group and none is frozen: then what a peer
    /// lacks is durable here, and what we lack is durable there.
    /// </param>
    public static Sentence Of(IReadOnlyList<PeerView> peers, bool proved)
    {
        if (peers.Count == 0) return "This node has no peers yet: invite one, or join a hive.";
        var inStep = peers.Count(p => p.State == PeerState.InStep);
        var active = peers.Count(p => p.State != PeerState.Paused);
        if (active == 0 && peers.Count == 1) return "The only peer is paused.";
        if (active == 0) return "All peers are paused.";
        var first = InStep(inStep, active);
        if (inStep == peers.Count) return first;
        var behind = peers.Count(p => p.State is PeerState.CatchingUp or PeerState.Stalled);
        var away = peers.Count(p => p.State == PeerState.OutOfReach);
        var frozen = peers.Count(p => p.State == PeerState.Frozen);
        var paused = peers.Count(p => p.State == PeerState.Paused);
        Sentence? rest = null;
        Add(ref rest, behind, $"{behind} is behind", $"{behind} are behind");
        Add(ref rest, away, $"{away} is out of reach", $"{away} are out of reach");
        Add(ref rest, frozen, $"{frozen} is frozen", $"{frozen} are frozen");
        Add(ref rest, paused, $"{paused} is paused", $"{paused} are paused");
        if (proved) return $"{first} {rest}; nothing is lost.";
        return $"{first} {rest}.";
    }

    private static Sentence InStep(int inStep, int active)
    {
        if (active == 1) return $"In step with {inStep} of {active} peer.";
        return $"In step with {inStep} of {active} peers.";
    }

    private static void Add(ref Sentence? list, int count, Sentence one, Sentence many)
    {
        if (count == 0) return;
        var said = count == 1 ? one : many;
        list = list is null ? said : Listed(list, said);
    }

    private static Sentence Listed(Sentence before, Sentence last) => $"{before}, {last}";
}
