using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Anarchive.Fleet;

/// <summary>A plan in the form that wg-quick(8) reads.</summary>
/// <remarks>
/// No private key is known here, so none is written. Lines end in LF; peers stand in the order of their ids, so equal
/// fleets make equal texts.
/// </remarks>
public static class WireGuardText
{
    /// <summary>Often enough for the usual NAT, as wireguard.com's own guide says.</summary>
    private const int KeepaliveSeconds = 25;

    public static string Write(WireGuardPlan plan)
    {
        var text = new StringBuilder();
        Line(text, $"# Network of this fleet: {plan.Network.Prefix}/{FleetNetwork.PrefixBits}");
        foreach (var name in plan.Keyless) Line(text, $"# Not in it, for it declared no key: {Plain(name)}");
        Line(text, $"[Interface]");
        Line(text, $"Address = {plan.Network.AddressOf(plan.Self.Id)}/128");
        Line(text, $"ListenPort = {plan.Self.Port}");
        if (plan.Self.KeyFile is { } file)
        {
            Line(text, $"PostUp = wg set %i private-key {file}");
        }
        else
        {
            Line(text, $"# Made by: wg genkey");
            Line(text, $"PrivateKey = <this device's>");
        }

        foreach (var peer in plan.Peers) Peer(text, plan, peer);
        return text.ToString();
    }

    private static void Peer(StringBuilder text, WireGuardPlan plan, WireGuardDevice peer)
    {
        Line(text, $"");
        Line(text, $"# {Plain(peer.Name)}");
        Line(text, $"[Peer]");
        Line(text, $"PublicKey = {peer.Key}");
        Line(text, $"AllowedIPs = {plan.Network.AddressOf(peer.Id)}/128");
        if (HostOf(plan, peer.Host) is not { } host) return;
        Line(text, $"Endpoint = {host}:{plan.Self.Port}");
        Line(text, $"PersistentKeepalive = {KeepaliveSeconds}");
    }

    /// <summary>Null for what leads nowhere: this machine, the tunnel itself, or no host's name at all.</summary>
    private static string? HostOf(WireGuardPlan plan, string? host)
    {
        if (host is null) return null;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            if (IPAddress.IsLoopback(address) || plan.Network.Holds(address) || address.IsIPv6LinkLocal) return null;
            return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";
        }

        return host.Length is > 0 and <= 253 && host != "localhost"
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? host
            : null;
    }

    /// <summary>A name that ends no line and begins no section.</summary>
    private static string Plain(string name) =>
        string.Concat(name.EnumerateRunes().Select(r => Rune.IsControl(r) || IsBreak(r) ? "?" : r.ToString()));

    private static bool IsBreak(Rune rune) => rune.Value is 0x2028 or 0x2029;

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
