using System.Globalization;
using System.Text;

namespace Anarchive.Log;

/// <summary>Where a peer can be reached: scheme, host and port in one canonical spelling.</summary>
public sealed record Endpoint
{
    /// <summary>Fits one byte and any host name (RFC 1035 allows 253 characters).</summary>
    public const int LengthMax = 255;

    private Endpoint(Uri address) => Address = address;

    /// <summary>Ends without a path.</summary>
    public Uri Address { get; }

    /// <summary>True for <c>https</c>.</summary>
    public bool IsEncrypted => Address.Scheme == Uri.UriSchemeHttps;

    /// <summary>
    /// True for <c>127.0.0.0/8</c>, <c>[::1]</c> and <c>localhost</c>: the only places plain HTTP may go.
    /// </summary>
    public bool IsLoopback =>
        Address.Host == "localhost"
        || (Address.HostNameType is UriHostNameType.IPv4 && Address.Host.StartsWith("127.", StringComparison.Ordinal))
        || Address.Host == "[::1]";

    /// <summary>Reads <c>http://host:port</c>; refuses paths, credentials, missing ports and other spellings.</summary>
    public static Endpoint? TryParse(string? text)
    {
        // Names of other scripts have an ASCII form (RFC 3490); records and invites hold that one.
        if (text is null || text.Length > LengthMax || !Ascii.IsValid(text)) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return null;
        if (uri.Scheme is not ("http" or "https") || uri.Port is < 1 or > 65535) return null;
        var read = new Endpoint(uri);
        return string.Equals(read.ToString(), text, StringComparison.Ordinal) ? read : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Address.Scheme}://{Address.Host}:{Address.Port}");
}
