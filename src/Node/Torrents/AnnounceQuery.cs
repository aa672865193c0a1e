using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>What a client tells a tracker (BEP 3, BEP 23).</summary>
/// <remarks>
/// Values are bytes, which the usual readers of queries would take for UTF-8 and spoil. <c>ip=</c> is ignored: clients
/// of this machine alone are introduced.
/// </remarks>
internal sealed record AnnounceQuery(IReadOnlyList<Hash160> InfoHashes, int Port, long Left, string Event, int Wanted)
{
    private const int LengthMax = 2_048;
    private const int WantedUsually = 50;

    /// <summary>Null where the query is longer than any client's, or says a thing twice that is said once.</summary>
    public static AnnounceQuery? TryRead(string query)
    {
        if (query.Length > LengthMax) return null;
        var (hashes, said) = (new List<Hash160>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) continue;
            if (pair[..at] != "info_hash")
            {
                if (!said.TryAdd(pair[..at], pair[(at + 1)..])) return null;
                continue;
            }

            if (Decode(pair[(at + 1)..]) is not { Length: Hash160.Size } bytes) return null;
            hashes.Add(new Hash160(bytes));
        }

        return new AnnounceQuery(
            hashes,
            (int)Number("port", 0, ushort.MaxValue),
            Number("left", 0, long.MaxValue),
            said.GetValueOrDefault("event", ""),
            (int)Math.Min(Number("numwant", WantedUsually, int.MaxValue), WantedUsually));

        long Number(string name, long usually, long most) =>
            said.TryGetValue(name, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
                ? number
                : usually;
    }

    /// <summary>Bytes from percent-encoding (RFC 3986, 2.1); null for a percent sign without two digits.</summary>
    private static byte[]? Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at..(at + 1)]));
                continue;
            }

            if (at + 2 >= text.Length || !byte.TryParse(
                text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            bytes.Add(value);
            at += 2;
        }

        return [.. bytes];
    }
}
