using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary><c>POST /net/v1/locks</c>: the caller is about to let its copy go.</summary>
/// <param name="Intent">56 bytes, base64url: the caller's <c>release_intended</c>.</param>
/// <param name="Ask">16 hex digits, new for every asking.</param>
internal sealed record LockMessage(string Item, string Intent, string Ask)
{
    public static LockMessage Of(LockRequest request) => new(
        request.Item.ToString(), Base64UrlText.Encode(LockBytes.Of(request.Intent)),
        request.Ask.ToString("x16", CultureInfo.InvariantCulture));

    /// <summary>Null unless it is well formed and names an intent of the caller's own.</summary>
    public LockRequest? Read(NodeId caller) =>
        ItemId.TryParse(Item, out var item)
        && Base64UrlText.TryDecode(Intent, EventRef.Size, out var bytes)
        && LockBytes.TryRead(bytes) is { } intent && intent.Chain.Origin == caller
        && ReadAsk(Ask) is { } ask
            ? new LockRequest(item, intent, DeviceId.Of(caller), ask)
            : null;

    /// <summary>Null unless it is 16 lowercase hex digits.</summary>
    public static ulong? ReadAsk(string text) =>
        text.Length == 16 && text.All(char.IsAsciiHexDigitLower)
            ? ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : null;
}

/// <summary>A holder's signed answer.</summary>
/// <param name="Code">Why not; empty for a lock.</param>
/// <param name="Keys">The statements of the key that signed.</param>
internal sealed record LockReply(string Ask, string Code, IReadOnlyList<KeyStatement> Keys, string Signature)
{
    private const int SignatureBytes = 64;
    private const int CodeLengthMax = 64;

    public static LockReply Of(LockRequest request, LockAnswer answer, NodeKey key) => new(
        answer.Ask.ToString("x16", CultureInfo.InvariantCulture), answer.Code ?? "", key.Statements,
        Base64UrlText.Encode(key.Sign(LockBytes.Signed(request, answer))));

    /// <summary>Null unless that holder signed exactly this answer to exactly that request.</summary>
    public LockAnswer? Read(LockRequest request, NodeId holder, IVerifier verifier)
    {
        if (LockMessage.ReadAsk(Ask) != request.Ask) return null;
        if (Code.Length > CodeLengthMax || !Code.All(c => char.IsAsciiLetterLower(c) || c == '_')) return null;
        if (KeyChain.Read(Keys, verifier) is not { } chain || chain.Node != holder) return null;
        if (!Base64UrlText.TryDecode(Signature, SignatureBytes, out var signature)) return null;
        var answer = new LockAnswer(DeviceId.Of(holder), request.Intent, request.Ask, Code.Length == 0 ? null : Code);
        return verifier.Verify(chain.Current, LockBytes.Signed(request, answer), signature) ? answer : null;
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LockMessage))]
[JsonSerializable(typeof(LockReply))]
internal sealed partial class LockJson : JsonSerializerContext;
