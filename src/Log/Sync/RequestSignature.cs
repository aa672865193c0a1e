using System.Globalization;

namespace Anarchive.Log;

/// <summary>Who signed a request, when, and the signature: one header in one canonical spelling.</summary>
/// <param name="Sender">Says whose key to check it with; signed too.</param>
/// <param name="CreatedMs">By the sender's clock.</param>
/// <param name="Nonce">16 random bytes, new for every request.</param>
public sealed record RequestSignature(
    NodeId Sender, long CreatedMs, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Signature)
{
    public const string Header = "Anarchive-Signature";

    public const int NonceBytes = 16;

    private const int SignatureBytes = 64;

    // Node, number, nonce and signature at their longest, with what stands between them.
    private const int LengthMax = 256;

    /// <summary>Null for any other spelling than <see cref="ToString"/> writes.</summary>
    public static RequestSignature? TryParse(string? text)
    {
        if (text is null || text.Length > LengthMax) return null;
        var rest = text.AsSpan();
        if (!NodeId.TryParse(Take(ref rest, "node=\""), out var node)) return null;
        if (Wire.TryReadNumber(Take(ref rest, "\", created=\"")) is not { } created) return null;
        if (!Base64UrlText.TryDecode(Take(ref rest, "\", nonce=\""), NonceBytes, out var nonce)) return null;
        if (!Base64UrlText.TryDecode(Take(ref rest, "\", signature=\""), SignatureBytes, out var signature))
            return null;
        return rest.SequenceEqual("\"") ? new RequestSignature(node, created, nonce, signature) : null;
    }

    public override string ToString()
    {
        var (nonce, signature) = (Base64UrlText.Encode(Nonce.Span), Base64UrlText.Encode(Signature.Span));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"node=\"{Sender}\", created=\"{CreatedMs}\", nonce=\"{nonce}\", signature=\"{signature}\"");
    }

    /// <summary>What follows a name, up to the quotation mark that ends it; null where another does.</summary>
    private static string? Take(ref ReadOnlySpan<char> rest, string name)
    {
        if (!rest.StartsWith(name, StringComparison.Ordinal)) return null;
        rest = rest[name.Length..];
        var end = rest.IndexOf('"');
        if (end < 0) return null;
        var value = rest[..end].ToString();
        rest = rest[end..];
        return value;
    }
}
