using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Log;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Anarchive.Node;

/// <summary>Where torrent clients of this machine find tracker and files, under a key of this install.</summary>
/// <remarks>
/// Any program here can ask; the key keeps web pages and other users' programs that do not know it from learning which
/// files there are. It is random, made once, and in a file of mode 0600.
/// </remarks>
public sealed class LocalAddress
{
    private const int KeyBytes = 32;

    private readonly byte[] _hash;
    private readonly string _key;
    private readonly IServer? _server;

    public LocalAddress(DataDirectory directory, IServer? server = null)
    {
        _server = server;
        var path = Path.Combine(directory.Root, "torrents.key");
        if (!File.Exists(path) || !Base64UrlText.TryDecode(File.ReadAllText(path).Trim(), KeyBytes, out _))
            DurableFile.Replace(
                path, Encoding.ASCII.GetBytes(Base64UrlText.Encode(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n"));
        _key = File.ReadAllText(path).Trim();
        _hash = Hash(_key);
    }

    /// <summary>Null before the server listens.</summary>
    public string? Announce => At($"/announce/{_key}");

    /// <summary>Null before the server listens.</summary>
    public string? WebSeed(Metainfo what) => At($"/ws/{_key}/{what.InfoHash}/{what.Name}");

    /// <summary>Takes the same time for any wrong key.</summary>
    public bool Opens(string? key) => CryptographicOperations.FixedTimeEquals(_hash, Hash(key ?? ""));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private string? At(string path)
    {
        // The pages' address comes first.
        var pages = _server?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        if (!Uri.TryCreate(pages, UriKind.Absolute, out var url)) return null;
        var everywhere = IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        return string.Create(
            CultureInfo.InvariantCulture, $"http://{(everywhere ? "127.0.0.1" : url.Host)}:{url.Port}{path}");
    }
}
