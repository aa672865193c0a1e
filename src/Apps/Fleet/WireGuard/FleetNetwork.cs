using System.Net;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>The private IPv6 network of a fleet: what every device works out by itself.</summary>
/// <remarks>
/// A unique local prefix (RFC 4193, section 3): <c>fd</c>, then 40 bits of SHA-256 over the group; subnet 0; and
/// as interface identifier 64 bits of SHA-256 over group and device. Neither tells the group or the device.
/// </remarks>
public sealed class FleetNetwork(GroupId fleet)
{
    public const int PrefixBits = 48;

    private const int AddressBytes = 16;
    private const int PrefixBytes = PrefixBits / 8;
    private const int InterfaceBytes = 8;

    private static ReadOnlySpan<byte> PrefixDomain => "anarchive/v1/ula\0"u8;

    private static ReadOnlySpan<byte> DeviceDomain => "anarchive/v1/ula-device\0"u8;

    /// <summary>The first address, followed by <c>/48</c> where it is written.</summary>
    public IPAddress Prefix => new(Begin());

    /// <summary>A device's own; never the first of the subnet, which means its routers (RFC 4291, 2.6.1).</summary>
    public IPAddress AddressOf(DeviceId device)
    {
        Span<byte> both = stackalloc byte[2 * Hash256.Size];
        fleet.Value.CopyTo(both);
        device.Value.CopyTo(both[Hash256.Size..]);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Hash256.Sha256(DeviceDomain, both).CopyTo(digest);
        var address = Begin();
        digest[..InterfaceBytes].CopyTo(address.AsSpan(AddressBytes - InterfaceBytes));
        if (digest[..InterfaceBytes].IndexOfAnyExcept((byte)0) < 0) address[^1] = 1;
        return new IPAddress(address);
    }

    /// <summary>True for an address under the fleet's prefix.</summary>
    public bool Holds(IPAddress address) =>
        address.GetAddressBytes() is { Length: AddressBytes } bytes
        && bytes.AsSpan(0, PrefixBytes).SequenceEqual(Begin().AsSpan(0, PrefixBytes));

    private byte[] Begin()
    {
        Span<byte> group = stackalloc byte[Hash256.Size];
        fleet.Value.CopyTo(group);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Hash256.Sha256(PrefixDomain, group).CopyTo(digest);
        var address = new byte[AddressBytes];
        address[0] = 0xfd;
        digest[..(PrefixBytes - 1)].CopyTo(address.AsSpan(1));
        return address;
    }
}
