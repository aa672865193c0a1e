using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Something only the owner can mend: what it is about, why, and what to do.</summary>
/// <param name="Code">Stable: an alert's, a peer's state, or <c>this_node</c>.</param>
/// <param name="Remedy">Empty where nothing is to be done.</param>
public sealed record Need(string Code, string Subject, Sentence Why, Sentence Remedy, NodeId? Peer)
{
    /// <summary>Why, in English.</summary>
    public string Cause => Why.ToString();

    /// <summary>What to do, in English.</summary>
    public string Action => Remedy.ToString();
}

/// <summary>What needs the owner now: this node first, then peers.</summary>
public sealed class Needs(
    Mesh mesh, AlertWatch alerts, MirrorBook mirrors, HiveNames names, FirstRun first, PairingDesk desk,
    PairingCalls calls, TimeProvider time)
{
    /// <summary>A pairing waits for its owner's word.</summary>
    public const string PairingCode = "pairing_waits";

    private const long UnreadMs = 10 * 60_000;

    public (MeshView Mesh, IReadOnlyList<Need> Needs) Look()
    {
        var view = mesh.View();
        return (view, [.. Of(view, alerts.Current), .. Unread()]);
    }

    /// <summary>The same for a page, where a reminder stands as well: nothing is wrong with a node by it.</summary>
    public (MeshView Mesh, IReadOnlyList<Need> Needs) LookWithReminders()
    {
        var (view, look) = Look();
        IReadOnlyList<Need> needs = [.. Pairings(), .. look];
        if (!first.IsReminderDue) return (view, needs);
        var reminder = new Need(
            FirstRun.ReminderCode, "this node", "No copy of its recovery key was made.",
            "Were this machine stolen or broken, nothing else would save the node.", null);
        return (view, [.. needs, reminder]);
    }

    /// <summary>Ten minutes each: whoever left the page on which they are answered finds the way back.</summary>
    private IEnumerable<Need> Pairings() =>
    [
        .. desk.All.Where(o => o.State == PairingState.Asked).Select(o => new Need(
            PairingCode, o.Name ?? "", "It asks to be let in.", "Compare the words, before its ten minutes are over.",
            null)),
        .. calls.All.Where(c => c is { State: PairingState.Asked, Matched: false }).Select(c => new Need(
            PairingCode, "this node", "It asks to be let in elsewhere.",
            "Compare the words, before its ten minutes are over.", null)),
    ];

    /// <summary>Followed hives that could not be read for a while.</summary>
    private IEnumerable<Need> Unread()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var mirror in mirrors.All)
        {
            if (mirror is not { Failure: { } code, FailedSinceMs: { } since } || now - since < UnreadMs) continue;
            var name = names.Of(mirror.Group) ?? mirror.Group.ToString()[..9];
            yield return new Need(
                "hive_not_read", name, $"It could not be read at {mirror.Link.Endpoint} lately ({code}).",
                "Ask its owner for a new link, or leave it.", null);
        }
    }

    internal static IReadOnlyList<Need> Of(MeshView view, IReadOnlyList<Alert> alerts)
    {
        var needs = new List<Need>();
        if (view.Warns is { } warning) needs.Add(new Need("this_node", "this node", warning, "", null));
        needs.AddRange(alerts.Where(a => a.Peer is null).Select(Of));
        foreach (var peer in view.Peers)
        {
            // A peer stands here once: by its alert, which says most, or by its state.
            if (alerts.FirstOrDefault(a => a.Peer == peer.Id) is { } alert) needs.Add(Of(alert));
            else if (peer.State is PeerState.Stalled or PeerState.OutOfReach or PeerState.Frozen)
                needs.Add(new Need(peer.State.Code(), peer.Name, peer.Why, peer.Remedy, peer.Id));
        }

        return needs;
    }

    private static Need Of(Alert alert) =>
        new(alert.Code, alert.Subject, alert.Why, alert.Remedy, alert.Peer);
}
