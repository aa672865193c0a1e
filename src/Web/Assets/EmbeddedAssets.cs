using System.Reflection;
using System.Security.Cryptography;

namespace Anarchive.Web;

/// <summary>Styles, script, fonts and icons, embedded. Their URL carries a hash, so they never expire.</summary>
public sealed class EmbeddedAssets
{
    private const string Prefix = "www/";

    private readonly Dictionary<string, byte[]> _files = [];

    public EmbeddedAssets()
    {
        var assembly = typeof(EmbeddedAssets).Assembly;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            var bytes = Read(assembly, name);
            hash.AppendData(bytes);
            _files[name[Prefix.Length..]] = bytes;
        }

        // One hash for all, so that a style sheet can name its fonts by a relative URL.
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    public string Hash { get; }

    public string Url(string name) => _files.ContainsKey(name)
        ? $"/assets/{Hash}/{name}"
        : throw new InvalidOperationException("No such asset is embedded.");

    internal IResult Answer(string hash, string name, HttpContext context)
    {
        if (hash != Hash || !_files.TryGetValue(name, out var bytes)) return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(bytes, Type(name), entityTag: new($"\"{Hash}\""));
    }

    private static string Type(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException("A listed resource is missing.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>The route of embedded assets.</summary>
internal static class AssetRoutes
{
    public static void MapAssets(this WebApplication app) =>
        app.MapGet("/assets/{hash}/{**name}", (string hash, string name, HttpContext context, EmbeddedAssets assets) =>
            assets.Answer(hash, name, context)).ExcludeFromDescription().WithMetadata(new OpenRoute(OpenTo.Anyone));
}
