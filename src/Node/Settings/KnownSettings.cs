using System.Globalization;
using System.Net;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Every setting there is.</summary>
public static class KnownSettings
{
    private const int NameCharsMax = 64;
    private const string EndpointRule = "an address like https://example.org:7421, or http:// on this machine only";

    private const string TorrentClientRule =
        "transmission, or transmission+http://, qbittorrent+http:// or aria2+http:// with USER:PASSWORD@ and an "
        + "address of this machine";

    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>What a level must be, as the end of a sentence.</summary>
    public static string LevelRule { get; } = string.Join(", ", Levels[..^1]) + " or none";

    public static IReadOnlyList<NodeSetting> All { get; } =
    [
        new("listen", "an address like http://127.0.0.1:7420", "http://127.0.0.1:7420",
            (o, text) => IsListen(text) ? o with { Listen = text } : null),
        new("name", $"a name of 1 to {NameCharsMax} characters in one line", null,
            (o, text) => text.Length is > 0 and <= NameCharsMax && !text.Any(char.IsControl)
                ? o with { Name = text }
                : null),
        new("allowed_hosts", "host names, divided by commas", null,
            (o, text) => Listed(text, IsHost) is { } hosts ? o with { AllowedHosts = hosts } : null)
        {
            Form = SettingForm.List,
        },
        new("trusted_proxies", "IP addresses and networks such as 172.18.0.0/16, divided by commas", null,
            (o, text) => Listed(text, IsProxy) is { } proxies ? o with { PageProxies = proxies } : null)
        {
            Form = SettingForm.List,
        },
        new("peers.listen", "https://IP:PORT, or http:// on a loopback address behind a reverse proxy", null,
            (o, text) => IsPeerListen(text) ? o with { PeerListen = text } : null),
        new("peers.endpoint", EndpointRule, null,
            (o, text) => IsEndpoint(text) ? o with { PublicEndpoint = text } : null),
        new("peers.trusted_proxies", "IP addresses, divided by commas", null,
            (o, text) => Listed(text, IsAddress) is { } proxies ? o with { TrustedProxies = proxies } : null)
        {
            Form = SettingForm.List,
        },
        new("peers.hubs", "https://HOST:PORT#NODE, perhaps with /KEY; several are divided by commas", null,
            (o, text) => Listed(text, IsHub) is { } hubs ? o with { Hubs = hubs } : null)
        {
            Form = SettingForm.List,
            // A key that lets a node register follows the hub's id.
            HoldsSecret = text => NodeSetting.Items(text).Any(hub => HubAddress.TryParse(hub)?.PreauthKey is not null),
        },
        new("peers.heartbeat_seconds", "a whole number from 1 to 30", "30",
            (o, text) => Number(text, 1, 30) is { } seconds ? o with { HeartbeatSeconds = seconds } : null)
        {
            Form = SettingForm.Number,
        },
        new("hub.enabled", "true or false", "false",
            (o, text) => text is "true" or "false" ? o with { IsHub = text == "true" } : null)
        {
            Form = SettingForm.Switch,
        },
        new("net.carrier", "http or torrent", "http",
            (o, text) => text is "http" or "torrent" ? o with { EditionsByTorrent = text == "torrent" } : null),
        new("torrents.client", TorrentClientRule, null,
            (o, text) => TorrentClientChoice.TryParse(text) is not null ? o with { TorrentClient = text } : null)
        {
            HoldsSecret = text => TorrentClientChoice.TryParse(text)?.Password is not null,
        },
        new("fleet.dht_nodes", "IP:PORT, IPv4, divided by commas", null,
            (o, text) => Listed(text, IsIPv4Endpoint) is { } nodes ? o with { DhtNodes = nodes } : null)
        {
            Form = SettingForm.List,
        },
        new("fleet.swarm_peers", "DEVICE@IP:PORT, IPv4, divided by commas", null,
            (o, text) => Listed(text, t => SwarmPeer.TryParse(t) is not null) is { } peers
                ? o with { SwarmPeers = peers }
                : null)
        {
            Form = SettingForm.List,
        },
        new("fleet.torznab", "an address that begins with https:// or http://, perhaps with ?apikey=KEY", null,
            (o, text) => IsWebAddress(text) ? o with { Torznab = text } : null)
        {
            HoldsSecret = _ => true,
        },
        Fleet("fleet.hash_mib_per_second", "50", (o, rate) => o with { FleetHashBytesPerSecond = rate * Mebi }),
        Fleet("fleet.copy_mib_per_second", "20", (o, rate) => o with { FleetCopyBytesPerSecond = rate * Mebi }),
        Fleet("fleet.copy_gib_per_day", "200", (o, size) => o with { FleetCopyBytesPerDay = size * 1024 * Mebi }),
        new("alerts.webhook", "an address that begins with https:// or http://", null,
            (o, text) => IsWebAddress(text) ? o with { Webhook = text } : null)
        {
            HoldsSecret = _ => true,
        },
        new("alerts.format", "auto, generic or discord", "auto",
            (o, text) => text is "auto" or "generic" or "discord" ? o with { WebhookFormat = text } : null),
        new("alerts.lag_minutes", "a whole number from 1 to 1440", "10",
            (o, text) => Number(text, 1, 1440) is { } minutes ? o with { AlertLagMinutes = minutes } : null)
        {
            Form = SettingForm.Number,
        },
        new("styleguide", "true or false", "false",
            (o, text) => text is "true" or "false" ? o with { HasStyleguide = text == "true" } : null)
        {
            Form = SettingForm.Switch,
        },
        new("log.level", LevelRule, "information",
            (o, text) => Level(text) is { } level ? o with { LogLevel = level } : null),
        new("log.format", "text or json", "text",
            (o, text) => text is "text" or "json" ? o with { LogsJson = text == "json" } : null),
    ];

    private const long Mebi = 1024 * 1024;

    private static NodeSetting Fleet(string key, string standard, Func<NodeOptions, long, NodeOptions> apply) =>
        new(key, "a whole number from 0 to 1000000; 0 is no bound", standard,
            (o, text) => Number(text, 0, 1_000_000) is { } number ? apply(o, number) : null)
        {
            Form = SettingForm.Number,
        };

    public static NodeSetting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);

    /// <summary>A level by its name; null for another word.</summary>
    public static LogLevel? Level(string name) =>
        Array.IndexOf(Levels, name) is >= 0 and var at ? (LogLevel)at : null;

    public static string NameOf(LogLevel level) => Levels[(int)level];

    private static bool IsListen(string text) =>
        Address(text) is { Scheme: "http" } url && (IsAddress(url.Host) || url.Host == "localhost");

    /// <summary>Whoever hears plain HTTP must be on this machine: a proxy that terminates TLS.</summary>
    private static bool IsPeerListen(string text) =>
        Address(text) is { } url
        && IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip)
        && text.TrimEnd('/') == string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{url.Host}:{url.Port}")
        && (url.Scheme == "https" || IPAddress.IsLoopback(ip));

    private static bool IsEndpoint(string text) =>
        Endpoint.TryParse(text) is { } endpoint && (endpoint.Address.Scheme == "https" || endpoint.IsLoopback);

    private static bool IsHub(string text) => HubAddress.TryParse(text) is not null;

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "" };

    private static bool IsAddress(string text) => IPAddress.TryParse(text.Trim('[', ']'), out _);

    /// <summary>A network of everybody would have everybody's word believed.</summary>
    private static bool IsProxy(string text)
    {
        var ends = text.IndexOf('/', StringComparison.Ordinal);
        var address = ends < 0 ? text : text[..ends];
        // A lone number is an address to the parser, and a mistake to people.
        if (!IPAddress.TryParse(address, out var ip)
            || !(address.Contains(':', StringComparison.Ordinal) || ip.ToString() == address))
            return false;
        return ends < 0
            || (IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0
                // 10.0.0.5/8: one address was meant, or all of 10.0.0.0/8.
                && network.BaseAddress.Equals(ip)
                // Callers are compared in their plain form, which no such network holds.
                && !ip.IsIPv4MappedToIPv6);
    }


    private static bool IsIPv4Endpoint(string text) =>
        IPEndPoint.TryParse(text, out var at) && at.Port != 0 && at.ToString() == text
        && at.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>Scheme, host and port, and nothing after them.</summary>
    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? url
            : null;

    private static string[]? Listed(string text, Func<string, bool> each) =>
        NodeSetting.Items(text) is var items && items.All(each) ? items : null;

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max
            ? number
            : null;
}
