using System.Net;
using System.Net.NetworkInformation;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What this device would need for WireGuard among the fleet. It changes nothing on the machine.</summary>
public sealed class WireGuardDesk(FleetBook book, FleetDesk desk, OwnFleet fleet, PeerBook peers)
{
    /// <summary>
    /// The configuration; its plan tells who is in it. Codes: fleet_none, and those of <see cref="WireGuardFaults"/>.
    /// </summary>
    /// <param name="port">UDP, of every device.</param>
    /// <param name="keyFile">Where this device's private key is; null where its owner writes it in by hand.</param>
    public (WireGuardPlan? Plan, Problem? Problem) Make(int port, string? keyFile)
    {
        if (fleet.Group is not { } group) return (null, FleetDesk.None);
        // Peers are asked for outside of the book's lock.
        var declared = book.Read(state => state.Devices.Values
            .Where(d => d.State.IsThere()).ToArray());
        var self = new WireGuardSelf(desk.Self, port, keyFile, Addresses());
        var (plan, fault) = WireGuardPlan.Of(
            group, self, [.. declared.Select(d => new WireGuardDevice(d.Id, d.Name, d.WgKey, HostOf(d)))]);
        return plan is null ? (null, new Problem(fault.Code(), StatusOf(fault), SentenceOf(fault))) : (plan, null);
    }

    /// <summary>Where it was last reached from another machine; null where that is not known.</summary>
    private string? HostOf(Device device) => peers.Find(device.Id.AsNode()) is { } known
        ? known.Entries.Select(e => e.Endpoint).Prepend(known.Endpoint).OfType<Endpoint>()
            .FirstOrDefault(e => !e.IsLoopback)?.Address.IdnHost
        : null;

    private static IPAddress[] Addresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address),
    ];

    private static int StatusOf(WireGuardFault fault) =>
        fault is WireGuardFault.BadPort or WireGuardFault.BadKeyFile ? 400 : 409;

    private static Sentence SentenceOf(WireGuardFault fault)
    {
        switch (fault)
        {
            case WireGuardFault.NoKey:
                return "This device has declared no WireGuard key: make one with wg genkey, and declare it.";
            case WireGuardFault.SameKey: return "Two devices declared one key: make one of them anew.";
            case WireGuardFault.SameAddress: return "Two devices come to one address.";
            case WireGuardFault.AddressTaken:
                return "This machine has another address in the fleet's network already.";
            case WireGuardFault.BadPort: return "A port is a number from 1 to 65535.";
            default:
                return "The key's file is named by an absolute path of letters, digits, dots, dashes and underscores.";
        }
    }
}
