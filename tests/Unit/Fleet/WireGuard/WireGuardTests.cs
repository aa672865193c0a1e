using System.Net;
using Anarchive.Fleet;
using Anarchive.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What a device writes for WireGuard, and what it refuses to write.</summary>
public sealed class WireGuardTests
{
    private static readonly GroupId Fleet = new(Hash256.Sha256("fleet"u8));

    [Fact]
    public void A_fleet_is_written_the_same_on_every_day_and_in_every_order()
    {
        WireGuardDevice[] devices =
        [
            Device(1, "study", "192.0.2.7"), Device(2, "attic", "[2001:db8::5]"), Device(3, "phone", null),
            Device(4, "shelf", "shelf.example") with { Key = null },
        ];
        var text = Written(Self(1), devices);
        Assert.Equal(text, Written(Self(1), [.. devices.Reverse()]));
        Assert.Equal(Golden, text);
    }

    [Fact]
    public void Every_address_lies_in_the_fleets_own_prefix_and_no_two_devices_share_one() =>
        Prop.ForAll<byte[], int>((group, count) =>
        {
            var fleet = new GroupId(Hash256.Sha256(group ?? []));
            var network = new FleetNetwork(fleet);
            var addresses = Enumerable.Range(0, Math.Abs(count % 64)).Select(n => network.AddressOf(Id(n))).ToArray();
            Assert.All(addresses, a => Assert.True(network.Holds(a)));
            Assert.All(addresses, a => Assert.Equal(0xfd, a.GetAddressBytes()[0]));
            Assert.Equal(addresses.Length, addresses.Distinct().Count());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_fleets_have_two_prefixes_and_strange_addresses_are_in_neither()
    {
        var (one, other) = (new FleetNetwork(Fleet), new FleetNetwork(new GroupId(Hash256.Sha256("other"u8))));
        Assert.NotEqual(one.Prefix, other.Prefix);
        Assert.False(one.Holds(other.AddressOf(Id(1))));
        Assert.All(
            new[] { "127.0.0.1", "::1", "fe80::1", "2001:db8::1", "::ffff:192.0.2.1" },
            text => Assert.False(one.Holds(IPAddress.Parse(text))));
    }

    [Fact]
    public void Two_devices_with_one_key_are_refused()
    {
        var twin = Device(2, "attic", null) with { Key = Device(1, "study", null).Key };
        Assert.Equal("wireguard_same_key", Refused(Self(1), [Device(1, "study", null), twin]));
    }

    [Fact]
    public void Two_devices_with_one_address_are_refused()
    {
        var twice = Device(2, "attic", null) with { Key = null };
        Assert.Equal("wireguard_same_address", Refused(Self(1), [Device(1, "study", null), twice, twice]));
    }

    [Fact]
    public void A_device_without_a_key_of_its_own_is_refused()
    {
        Assert.Equal("wireguard_no_key", Refused(Self(1), []));
        Assert.Equal("wireguard_no_key", Refused(Self(1), [Device(2, "attic", null)]));
        Assert.Equal("wireguard_no_key", Refused(Self(1), [Device(1, "study", null) with { Key = null }]));
    }

    [Fact]
    public void Another_address_of_this_machine_in_the_fleets_network_is_refused_and_its_own_is_not()
    {
        var network = new FleetNetwork(Fleet);
        WireGuardDevice[] devices = [Device(1, "study", null)];
        Assert.Equal(
            "wireguard_address_taken",
            Refused(Self(1) with { Addresses = [IPAddress.Loopback, network.AddressOf(Id(2))] }, devices));
        Written(Self(1) with { Addresses = [IPAddress.Loopback, network.AddressOf(Id(1))] }, devices);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65_536)]
    public void A_port_that_is_none_is_refused(int port) =>
        Assert.Equal("wireguard_bad_port", Refused(Self(1) with { Port = port }, [Device(1, "study", null)]));

    [Theory]
    [InlineData("key")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/key; reboot")]
    [InlineData("/etc/$(reboot)")]
    [InlineData("/etc/key\nPostUp = reboot")]
    [InlineData("/etc/%i")]
    [InlineData("/etc/key with blanks")]
    [InlineData("/etc/`reboot`")]
    public void A_key_file_whose_name_a_shell_could_misread_is_refused(string file) =>
        Assert.Equal("wireguard_bad_key_file", Refused(Self(1) with { KeyFile = file }, [Device(1, "study", null)]));

    [Fact]
    public void A_key_file_takes_the_place_of_the_key()
    {
        var text = Written(Self(1) with { KeyFile = "/etc/wireguard/fleet.key" }, [Device(1, "study", null)]);
        Assert.Contains("PostUp = wg set %i private-key /etc/wireguard/fleet.key\n", text);
        Assert.DoesNotContain("PrivateKey", text);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData("fe80::1")]
    [InlineData("a b")]
    [InlineData("host\n[Peer]")]
    [InlineData("")]
    public void A_host_that_leads_nowhere_is_left_out(string host) =>
        Assert.DoesNotContain("Endpoint", Written(Self(1), [Device(1, "study", null), Device(2, "attic", host)]));

    [Fact]
    public void A_peers_address_within_the_tunnel_is_no_way_to_it()
    {
        var inside = new FleetNetwork(Fleet).AddressOf(Id(2)).ToString();
        Assert.DoesNotContain("Endpoint", Written(Self(1), [Device(1, "study", null), Device(2, "attic", inside)]));
    }

    [Fact]
    public void A_name_cannot_add_a_line()
    {
        var text = Written(
            Self(1),
            [
                Device(1, "study", null), Device(2, "x\n[Peer]\r\u2028\u0085AllowedIPs = ::/0", null),
                Device(3, "y\nPostUp = reboot", null) with { Key = null },
            ]);
        Assert.Single(text.Split('\n'), line => line == "[Peer]");
        Assert.Single(text.Split('\n'), line => line.StartsWith("AllowedIPs", StringComparison.Ordinal));
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("PostUp", StringComparison.Ordinal));
    }

    private static DeviceId Id(int number) => new(Hash256.Sha256([(byte)number, (byte)(number >> 8)]));

    private static WireGuardSelf Self(int number) => new(Id(number), WireGuardPlan.UsualPort, null, []);

    private static WireGuardDevice Device(int number, string name, string? host)
    {
        var key = new byte[32];
        Array.Fill(key, (byte)number);
        return new WireGuardDevice(Id(number), name, Convert.ToBase64String(key), host);
    }

    private static string Written(WireGuardSelf self, IReadOnlyList<WireGuardDevice> devices)
    {
        var (plan, fault) = WireGuardPlan.Of(Fleet, self, devices);
        Assert.Equal(WireGuardFault.None, fault);
        return WireGuardText.Write(plan!);
    }

    private static string Refused(WireGuardSelf self, IReadOnlyList<WireGuardDevice> devices)
    {
        var (plan, fault) = WireGuardPlan.Of(Fleet, self, devices);
        Assert.Null(plan);
        return fault.Code();
    }

    /// <summary>Prefix and addresses are worked out from their definition, without the product.</summary>
    private const string Golden = """
        # Network of this fleet: fdad:b342:a133::/48
        # Not in it, for it declared no key: shelf
        [Interface]
        Address = fdad:b342:a133:0:2466:1915:8c08:f5ef/128
        ListenPort = 51820
        # Made by: wg genkey
        PrivateKey = <this device's>

        # attic
        [Peer]
        PublicKey = AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=
        AllowedIPs = fdad:b342:a133:0:d4e1:5e06:2184:b52/128
        Endpoint = [2001:db8::5]:51820
        PersistentKeepalive = 25

        # phone
        [Peer]
        PublicKey = AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=
        AllowedIPs = fdad:b342:a133:0:9063:b94:ecc3:f3dd/128

        """;
}
