using System.Net;
using System.Net.Sockets;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Where the torrent client of a device takes connections, as the owner typed it.</summary>
public sealed record SwarmPeer(DeviceId Device, IPEndPoint At)
{
    /// <summary>Reads <c>DEVICE@IP:PORT</c>; null for anything else.</summary>
    public static SwarmPeer? TryParse(string text) =>
        text.Split('@') is [var device, var at] && DeviceId.TryParse(device, out var id)
        && IPEndPoint.TryParse(at, out var address) && address.Port != 0 && address.ToString() == at
        && address.AddressFamily == AddressFamily.InterNetwork
            ? new SwarmPeer(id, address)
            : null;
}
