using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Anarchive.Rings;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class GlobalUnicastTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2003::1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00::1")]
    public void Addresses_beside_a_special_range_are_allowed(string address) =>
        Assert.True(GlobalUnicast.Allows(IPAddress.Parse(address)));

    [Fact]
    public void An_address_with_a_zone_belongs_to_one_link() =>
        Assert.False(GlobalUnicast.Allows(new IPAddress(IPAddress.Parse("2a00::1").GetAddressBytes(), 3)));

    [Fact]
    public void Random_addresses_are_judged_as_an_independent_table_says()
    {
        var bytes = Gen.Choose(0, 255).Select(b => (byte)b);
        // Uniform ones would hardly ever touch the small ranges: most begin and end beside the edge of one.
        var edges = Gen.Elements(ReservedRanges.All).SelectMany(r => Gen.Elements(
            r.First, r.Last, r.First - 1, r.Last + 1, (r.First + r.Last) / 2).Select(n => At(n, r.Bytes)));
        var v4 = Gen.ArrayOf(bytes, 4).Select(b => new IPAddress(b));
        var v6 = Gen.ArrayOf(bytes, 16).Select(b => new IPAddress(b));
        var mapped = v4.Select(a => a.MapToIPv6());
        var addresses = Gen.OneOf(v4, v6, mapped, edges);
        Prop.ForAll(addresses.ToArbitrary(), a => GlobalUnicast.Allows(a) == !ReservedRanges.Hold(a))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    private static IPAddress At(BigInteger number, int size)
    {
        var modulus = BigInteger.One << (8 * size);
        var bytes = (((number % modulus) + modulus) % modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
        return new IPAddress([.. new byte[size - bytes.Length], .. bytes]);
    }

    /// <summary>First and last addresses, written down apart from the prefixes that the node judges by.</summary>
    private static class ReservedRanges
    {
        public static (BigInteger First, BigInteger Last, int Bytes)[] All { get; } =
        [
            Range("0.0.0.0", "0.255.255.255"),
            Range("10.0.0.0", "10.255.255.255"),
            Range("100.64.0.0", "100.127.255.255"),
            Range("127.0.0.0", "127.255.255.255"),
            Range("169.254.0.0", "169.254.255.255"),
            Range("172.16.0.0", "172.31.255.255"),
            Range("192.0.0.0", "192.0.0.255"),
            Range("192.0.2.0", "192.0.2.255"),
            Range("192.31.196.0", "192.31.196.255"),
            Range("192.52.193.0", "192.52.193.255"),
            Range("192.88.99.0", "192.88.99.255"),
            Range("192.168.0.0", "192.168.255.255"),
            Range("192.175.48.0", "192.175.48.255"),
            Range("198.18.0.0", "198.19.255.255"),
            Range("198.51.100.0", "198.51.100.255"),
            Range("203.0.113.0", "203.0.113.255"),
            Range("224.0.0.0", "255.255.255.255"),
            Range("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
            Range("3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
            Range("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ];

        public static bool Hold(IPAddress address)
        {
            var (number, size) = NumberOf(address);
            if (All.Any(r => r.Bytes == size && number >= r.First && number <= r.Last)) return true;
            // ISATAP: 0000:5efe, 0100:5efe, 0200:5efe or 0300:5efe in the third quarter.
            return address.AddressFamily == AddressFamily.InterNetworkV6
                && (uint)((number >> 32) & uint.MaxValue) is 0x5EFE or 0x1005EFE or 0x2005EFE or 0x3005EFE;
        }

        private static (BigInteger First, BigInteger Last, int Bytes) Range(string first, string last)
        {
            var (from, size) = NumberOf(IPAddress.Parse(first));
            return (from, NumberOf(IPAddress.Parse(last)).Number, size);
        }

        private static (BigInteger Number, int Bytes) NumberOf(IPAddress address)
        {
            var bytes = address.GetAddressBytes();
            return (new BigInteger(bytes, isUnsigned: true, isBigEndian: true), bytes.Length);
        }
    }
}
