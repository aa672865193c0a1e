using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Anarchive.Log;

namespace Anarchive.Rings;

/// <summary>What becomes of a peer that others told of.</summary>
/// <param name="InPlaceOf">A peer that never answered, which gives way to it.</param>
public readonly record struct Admission(bool IsAdmitted, NodeId? InPlaceOf);

/// <summary>How many peers a node keeps on others' word alone.</summary>
/// <remarks>
/// A record is cheap to make, so what counts is bounded by what is dear: the sender, which is a peer, and the network
/// that an address lies in. Nobody who answered gives way; of the others those do that failed three times. Peers that
/// the owner named, or that proved their key, are not counted.
/// </remarks>
public static class GossipTable
{
    /// <summary>More would make dialling them this node's main work.</summary>
    public const int PeersMax = 200;

    /// <summary>As many as one peer may send at once.</summary>
    public const int PerSenderMax = PeerRecord.PerHeartbeatMax;

    /// <summary>A hub knows more peers than anybody, and is one node.</summary>
    public const int PerHubMax = PeersMax / 2;

    /// <summary>Addresses of one /24, /48 or domain: enough for a house, not for a provider.</summary>
    public const int PerNetworkMax = 16;

    /// <summary>
    /// Whether there is room for a peer; <paramref name="kept"/> are those known by others' word alone.
    /// </summary>
    public static Admission RoomFor(
        NodeId peer, PeerEntry told, IReadOnlyCollection<KeyValuePair<NodeId, PeerEntry>> kept)
    {
        var perSender = told.Source == PeerSource.Hub ? PerHubMax : PerSenderMax;
        var (all, sent, near) = (0, 0, 0);
        foreach (var (other, entry) in kept)
        {
            if (other == peer) continue;
            all++;
            if (entry.From == told.From) sent++;
            if (told.Network is not null && entry.Network == told.Network) near++;
        }

        if (all < PeersMax && sent < perSender && near < PerNetworkMax) return new Admission(true, null);
        // It has to make room in every respect in which there is none.
        var dead = kept.Where(k => k.Value.Failures >= PeerPrecedence.FailuresBeforeDropped
            && k.Key != peer
            && (sent < perSender || k.Value.From == told.From)
            && (near < PerNetworkMax || k.Value.Network == told.Network)).ToList();
        return dead.Count > 0 ? new Admission(true, dead.MaxBy(k => (k.Value.Failures, k.Key)).Key) : default;
    }

    /// <summary>
    /// The part of an address that is dear to have many of: of names the last two labels. Null on this machine.
    /// </summary>
    internal static string? NetworkOf(Endpoint endpoint)
    {
        if (endpoint.IsLoopback) return null;
        var host = endpoint.Address.IdnHost;
        if (!IPAddress.TryParse(host, out var address)) return string.Join('.', host.Split('.').TakeLast(2));
        var part = address.GetAddressBytes().AsSpan(0, address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6);
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(part)}/{part.Length * 8}");
    }
}
