using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Anarchive.Rings;

/// <summary>Which addresses belong to one node somewhere on the internet, and to nothing nearer or else.</summary>
/// <remarks>
/// Refused is whatever the IANA special-purpose address registries list (RFC 6890 and its updates, as of 2025), with
/// multicast, broadcast and what is reserved; of IPv6 only 2000::/3 is assigned to be global unicast at all
/// (RFC 4291). Forms of IPv6 that carry an IPv4 address are refused whatever it is: a gateway would decide where they
/// lead. A public IPv4 address has a spelling of its own. <see cref="IPNetwork"/> is no guide: it unpacks mapped
/// addresses and finds <c>::ffff:10.0.0.1</c> in <c>2000::/3</c>.
/// </remarks>
public static class GlobalUnicast
{
    private static readonly Prefix Assigned = Prefix.Parse("2000::/3");

    private static readonly Prefix[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network (RFC 791); Linux takes 0.0.0.0 for loopback
            "10.0.0.0/8", // private (RFC 1918)
            "100.64.0.0/10", // carrier-grade NAT (RFC 6598)
            "127.0.0.0/8", // loopback (RFC 1122)
            "169.254.0.0/16", // link-local (RFC 3927); clouds answer here with secrets
            "172.16.0.0/12", // private (RFC 1918)
            "192.0.0.0/24", // protocol assignments (RFC 6890)
            "192.0.2.0/24", // documentation (RFC 5737)
            "192.31.196.0/24", // AS112 sink (RFC 7535)
            "192.52.193.0/24", // AMT relays (RFC 7450)
            "192.88.99.0/24", // 6to4 relays, deprecated (RFC 7526)
            "192.168.0.0/16", // private (RFC 1918)
            "192.175.48.0/24", // AS112 sink (RFC 7534)
            "198.18.0.0/15", // benchmarking (RFC 2544)
            "198.51.100.0/24", // documentation (RFC 5737)
            "203.0.113.0/24", // documentation (RFC 5737)
            "224.0.0.0/4", // multicast (RFC 5771)
            "240.0.0.0/4", // reserved (RFC 1112), with broadcast (RFC 919)
            "2001::/23", // protocol assignments (RFC 2928): Teredo, benchmarking, ORCHID, …
            "2001:db8::/32", // documentation (RFC 3849)
            "2002::/16", // 6to4: an IPv4 address follows (RFC 3056)
            "2620:4f:8000::/48", // AS112 sink (RFC 7534)
            "3ffe::/16", // the former 6bone (RFC 3701)
            "3fff::/20", // documentation (RFC 9637)
        }.Select(Prefix.Parse),
    ];

    /// <summary>True for an address that somebody else's word may lead to.</summary>
    public static bool Allows(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (Special.Any(p => p.Holds(bytes))) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork) return true;
        return address.ScopeId == 0 && Assigned.Holds(bytes) && !IsIsatap(bytes);
    }

    /// <summary>ISATAP carries an IPv4 address in the lower half of any prefix (RFC 5214, section 6.1).</summary>
    private static bool IsIsatap(byte[] address) =>
        (address[8] & 0xFC) == 0 && address[9] == 0 && address[10] == 0x5E && address[11] == 0xFE;

    /// <summary>The addresses of one family whose first bits are these.</summary>
    private readonly record struct Prefix(byte[] First, int Bits)
    {
        public static Prefix Parse(string text)
        {
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            return new Prefix(
                IPAddress.Parse(text.AsSpan(0, slash)).GetAddressBytes(),
                int.Parse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        public bool Holds(byte[] address)
        {
            if (address.Length != First.Length) return false;
            for (var bit = 0; bit < Bits; bit += 8)
            {
                var mask = Bits - bit >= 8 ? 0xFF : 0xFF << (8 - (Bits - bit));
                if (((address[bit / 8] ^ First[bit / 8]) & mask & 0xFF) != 0) return false;
            }

            return true;
        }
    }
}
