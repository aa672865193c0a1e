using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Lets nodes into a hub without its owner: once or often, until it expires. Kept as its hash.</summary>
/// <param name="Id">The first characters of its hash, by which the owner speaks of it.</param>
public sealed record PreauthKey(string Id, Hash256 Hash, bool IsReusable, long ExpiresMs, int Uses)
{
    private const string Prefix = "ahk1";
    private const int Bytes = 32;
    private const int IdLength = 12;

    public bool IsSpent => !IsReusable && Uses > 0;

    /// <summary>A fresh key, and the text that is shown this once.</summary>
    public static (PreauthKey Key, string Text) Make(bool isReusable, long expiresMs)
    {
        var text = Prefix + Base64UrlText.Encode(RandomNumberGenerator.GetBytes(Bytes));
        return (Of(HashOf(text), isReusable, expiresMs, uses: 0), text);
    }

    public static PreauthKey Of(Hash256 hash, bool isReusable, long expiresMs, int uses) =>
        new(hash.ToString()[..IdLength], hash, isReusable, expiresMs, uses);

    public static bool IsOne(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64UrlText.TryDecode(text[Prefix.Length..], Bytes, out _);

    public static Hash256 HashOf(string text) => Hash256.Sha256(System.Text.Encoding.UTF8.GetBytes(text));

    // Never the hash either: it is all that stands for the key here.
    public override string ToString() => Id;
}
