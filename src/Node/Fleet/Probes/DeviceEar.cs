using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Whether this node hears a device itself.</summary>
public enum Hearing
{
    /// <summary>It exchanges nothing with it: what is known of it, others said.</summary>
    Never,

    /// <summary>Heartbeats come.</summary>
    Now,

    /// <summary>A heartbeat that was due did not come.</summary>
    NoMore,
}

/// <summary>When this node itself last heard devices of its fleet, by its own clock.</summary>
public sealed class DeviceEar(PeerLoop loop, PeerBook peers, NodeOptions options, TimeProvider time)
{
    /// <summary>
    /// Of a heartbeat every half a minute one may be lost, or late; nobody who was heard a moment ago is called silent.
    /// </summary>
    private const int BeatsMissed = 3;

    private const long MomentMs = 10_000;

    /// <summary>What of it came last here, a heartbeat, a handshake or an event; null where nothing ever did.</summary>
    internal (long? HeardMs, Hearing Hearing) Of(DeviceId device)
    {
        var node = device.AsNode();
        var link = loop.Find(node);
        var (contact, linkMs) = link is null ? (Contact.New, null) : link.Look(s => (s.Contact, s.HeardMs));
        var (known, nowMs) = (peers.Find(node), time.GetUtcNow().ToUnixTimeMilliseconds());
        if ((loop.WallMs(linkMs) ?? known?.HeardMs) is not { } heard) return (null, Hearing.Never);
        // No heartbeat is due of a peer that the owner paused.
        if (known is { IsPaused: true }) return (heard, Hearing.Never);
        // Who only calls is not told from one that is down by a dial, but by its calls.
        var beatMs = link is { OnlyCalls: true } ? Limits.HeartbeatMs : options.HeartbeatSeconds * 1_000L;
        var isDown = contact == Contact.Down && link is { OnlyCalls: false };
        // While this node did not run, it missed what it did not listen for.
        var sinceMs = Math.Min(nowMs - heard, loop.RunsMs);
        return (heard, IsSilent(sinceMs, beatMs, isDown) ? Hearing.NoMore : Hearing.Now);
    }

    /// <summary>True once heartbeats were missed.</summary>
    /// <param name="isDown">The last exchange with it failed.</param>
    internal static bool IsSilent(long sinceMs, long beatMs, bool isDown) =>
        sinceMs >= MomentMs && (isDown || sinceMs > BeatsMissed * beatMs);
}
