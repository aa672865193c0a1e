namespace Anarchive.Tests.Unit;

/// <summary>Ways to spell addresses that nobody else's word may lead to.</summary>
internal static class ForbiddenHosts
{
    public static IReadOnlyList<string> All { get; } =
    [
        // Loopback as a number of one to four parts, decimal, octal and hexadecimal.
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F000001", "0x7f.1", "0x7f.0.0.1",
        "0x7f.0x0.0x0.0x1", "017700000001", "0177.1", "0177.0.0.1", "0177.0.0.01", "127.0.0.01", "127.000.000.001",
        "00000000177.0.0.1", "127.0.0.1.", "127.1.", "0x7f000001.", "2130706433.", "6425673729",
        // By name, and names that end in a number.
        "localhost", "LOCALHOST", "LocalHost", "localhost.", "foo.localhost", "localhost.localdomain", "ip6-localhost",
        "a.127.0.0.1", "example.0x7f", "example.1",
        // Nobody's address reaches loopback on Linux.
        "0.0.0.0", "0", "0.0", "0x0", "00.00.00.00", "::", "::0", "0:0:0:0:0:0:0:0", "[::]",
        // Private, shared, link-local, and where clouds answer with secrets.
        "10.0.0.1", "10.1", "0xa.1", "012.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "3232235521",
        "0xC0A80001", "100.64.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
        // Multicast, broadcast, benchmarking, documentation, reserved.
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "4294967295", "198.18.0.1", "192.0.2.1", "198.51.100.1",
        "203.0.113.1", "240.0.0.1", "192.0.0.8", "192.88.99.1",
        // IPv6 of this machine, this link, this site.
        "::1", "[::1]", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::0001", "fe80::1",
        "fe80::1%eth0", "fe80::1%251", "FE80::1", "::1%lo", "fec0::1", "fc00::1", "fd12:3456:789a::1", "ff02::1",
        "ff0e::1", "100::1", "2001:db8::1", "3fff::1", "5f00::1", "2001:2::1", "2001:10::1",
        // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
        "::ffff:127.0.0.1", "::FFFF:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:7f00:0001", "[::ffff:10.0.0.1]",
        "::ffff:0.0.0.0", "::ffff:93.184.215.14", "::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
        "2001:0:7f00:1::", "2001::1", "2a00::5efe:7f00:1", "2a00::200:5efe:10.0.0.1",
        // What a reader of addresses might take apart differently.
        "user@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1:80", "127.0.0.1#@example.org", "127.0.0.1/..",
        "127.0.0.1?", "127.0.0.1\\@example.org", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1\t", "127.0.0.1\0",
        "127%2e0%2e0%2e1", "%6c%6f%63%61%6c%68%6f%73%74", "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "loc\u00adalhost",
        "ⓛocalhost", ".", "..", "-", "*", "[", "[]", "[::1", "::1]",
    ];
}
