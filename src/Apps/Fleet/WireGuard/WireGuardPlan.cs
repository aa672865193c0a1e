using System.Net;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>A device as WireGuard needs to know it.</summary>
/// <param name="Key">Its public key, 32 bytes in base64; null where it declared none.</param>
/// <param name="Host">A name or an address under which it was reached; null where none is known.</param>
public sealed record WireGuardDevice(DeviceId Id, string Name, string? Key, string? Host);

/// <summary>What this device knows by itself.</summary>
/// <param name="Port">On which every device of the fleet listens, UDP.</param>
/// <param name="KeyFile">Where its private key is; null where its owner writes it in by hand.</param>
/// <param name="Addresses">That this machine has now.</param>
public sealed record WireGuardSelf(DeviceId Id, int Port, string? KeyFile, IReadOnlyList<IPAddress> Addresses);

/// <summary>Why no configuration can be written; <see cref="WireGuardFaults.Code"/> is stable.</summary>
public enum WireGuardFault
{
    None,

    /// <summary>This device did not declare itself, or declared no key.</summary>
    NoKey,

    /// <summary>Two devices have one key: WireGuard would take them for one.</summary>
    SameKey,

    /// <summary>Two devices come to one address.</summary>
    SameAddress,

    /// <summary>This machine has another address in the fleet's network already.</summary>
    AddressTaken,

    BadPort,

    /// <summary>The key's file is named by more than a plain absolute path, and a shell will read the name.</summary>
    BadKeyFile,
}

/// <summary>The names of faults.</summary>
public static class WireGuardFaults
{
    public static string Code(this WireGuardFault fault) => fault switch
    {
        WireGuardFault.NoKey => "wireguard_no_key",
        WireGuardFault.SameKey => "wireguard_same_key",
        WireGuardFault.SameAddress => "wireguard_same_address",
        WireGuardFault.AddressTaken => "wireguard_address_taken",
        WireGuardFault.BadPort => "wireguard_bad_port",
        WireGuardFault.BadKeyFile => "wireguard_bad_key_file",
        _ => "none",
    };
}

/// <summary>Who is in a fleet's WireGuard, seen from one device, once nothing overlaps.</summary>
/// <param name="Peers">Every other device with a key, by id.</param>
/// <param name="Keyless">Names of those without, which cannot be reached by it; by id.</param>
public sealed record WireGuardPlan(
    FleetNetwork Network, WireGuardSelf Self, IReadOnlyList<WireGuardDevice> Peers, IReadOnlyList<string> Keyless)
{
    /// <summary>What WireGuard listens on where nobody says otherwise.</summary>
    public const int UsualPort = 51820;

    /// <summary>Never null where the fault is <see cref="WireGuardFault.None"/>.</summary>
    /// <param name="devices">Those that are neither retired nor dead, in any order, this one among them.</param>
    public static (WireGuardPlan? Plan, WireGuardFault Fault) Of(
        GroupId fleet, WireGuardSelf self, IReadOnlyList<WireGuardDevice> devices)
    {
        var network = new FleetNetwork(fleet);
        var fault = FaultOf(network, self, devices);
        if (fault != WireGuardFault.None) return (null, fault);
        var others = devices.Where(d => d.Id != self.Id).OrderBy(d => d.Id).ToArray();
        return (
            new WireGuardPlan(
                network, self, [.. others.Where(d => d.Key is not null)],
                [.. others.Where(d => d.Key is null).Select(d => d.Name)]),
            WireGuardFault.None);
    }

    private static WireGuardFault FaultOf(
        FleetNetwork network, WireGuardSelf self, IReadOnlyList<WireGuardDevice> devices)
    {
        if (self.Port is < 1 or > ushort.MaxValue) return WireGuardFault.BadPort;
        if (self.KeyFile is { } file && !IsPlainPath(file)) return WireGuardFault.BadKeyFile;
        var keyed = devices.Where(d => d.Key is not null).ToArray();
        if (keyed.All(d => d.Id != self.Id)) return WireGuardFault.NoKey;
        if (keyed.DistinctBy(d => d.Key).Count() != keyed.Length) return WireGuardFault.SameKey;
        if (devices.Select(d => network.AddressOf(d.Id)).Distinct().Count() != devices.Count)
            return WireGuardFault.SameAddress;
        // Its own is there where an earlier configuration is up.
        var own = network.AddressOf(self.Id);
        return self.Addresses.Any(a => network.Holds(a) && !a.Equals(own))
            ? WireGuardFault.AddressTaken
            : WireGuardFault.None;
    }

    /// <remarks>wg-quick(8) hands the line to a shell and puts the interface's name in place of <c>%i</c>.</remarks>
    private static bool IsPlainPath(string path) =>
        path.Length is > 1 and <= 4096 && path[0] == '/'
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-');
}
