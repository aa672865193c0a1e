using System.Net.NetworkInformation;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Whether another device answers now: by what the exchange with peers knows, else by asking it.</summary>
public sealed class DeviceDoor(PeerLoop loop, PeerBook peers, PeerClient client)
{
    private static readonly TimeSpan DialMax = TimeSpan.FromSeconds(7);

    /// <summary>Whether this machine is on a network at all.</summary>
    internal Func<bool> IsOnNetwork { get; init; } = NetworkInterface.GetIsNetworkAvailable;

    /// <summary>
    /// True where any peer at all was heard lately, or, for a node that knows one peer at most, where the machine is on
    /// a network: while nobody answers, it is more likely this node that is cut off.
    /// </summary>
    public bool IsOwnLinkUp() => loop.Links.Any(IsThere) || (peers.All.Count <= 1 && IsOnNetwork());

    /// <summary>Whether a device answers; one that was heard within a probe's time is not asked again.</summary>
    /// <returns>How long ago its answer came, in milliseconds; null where it does not answer.</returns>
    public async Task<long?> AnswersAsync(NodeId node, CancellationToken cancellation)
    {
        if (loop.Find(node) is { } link && IsThere(link))
            return Math.Max(0, loop.NowMs - link.Look(s => s.HeardMs ?? loop.NowMs));
        if (peers.Find(node) is not { Endpoint: { } endpoint } known) return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DialMax);
        try
        {
            await client.ProbeAsync(endpoint, known.Scope, node, limit.Token);
            return 0;
        }
        catch (PeerException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Heartbeats come every half a minute, so that one who is there was heard lately.</summary>
    private bool IsThere(PeerLink link) => link.Look(s =>
        s.Contact == Contact.Up && s.HeardMs is { } heard && loop.NowMs - heard < ReachabilityTrack.ProbeMs);
}
