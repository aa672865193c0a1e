using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary><c>GET /net/v1/loan</c>: what the answering node lends to the caller.</summary>
/// <param name="EndsS">Seconds until the copies are set aside; left out while nobody ended it.</param>
internal sealed record LoanReply(long Bytes, long Used, long? EndsS = null);

/// <summary><c>POST /net/v1/loan/{item}</c>: about the caller's copy there.</summary>
/// <param name="Act">One of <see cref="LoanActs"/>.</param>
/// <param name="Ask">16 hex digits, new for every asking.</param>
/// <param name="Size">Of the item, to keep it; 0 otherwise.</param>
internal sealed record LoanRequest(string Act, string Ask, long Size = 0);

/// <summary>What a friend may ask of its copy.</summary>
internal static class LoanActs
{
    /// <summary>Fetch it from the caller, or have it again.</summary>
    public const string Keep = "keep";

    /// <summary>Say how it is.</summary>
    public const string Look = "look";

    /// <summary>Hash all of it soon.</summary>
    public const string Prove = "prove";

    public const string Aside = "aside";

    public const string Restore = "restore";

    /// <summary>Delete what was set aside.</summary>
    public const string Purge = "purge";
}

/// <summary>The lender's signed word.</summary>
/// <param name="HashedAgoS">-1 where all of it was never hashed.</param>
/// <param name="Keys">The statements of the key that signed.</param>
internal sealed record LentReply(
    string Ask, string State, string Code, long HashedAgoS, IReadOnlyList<KeyStatement> Keys, string Signature)
{
    private const int SignatureBytes = 64;
    private const int CodeLengthMax = 64;

    public static LentReply Of(LentWord word, NodeId owner, NodeKey key) => new(
        word.Ask.ToString("x16", CultureInfo.InvariantCulture), LentBytes.NameOf(word.State), word.Code ?? "",
        word.HashedAgoS ?? -1, key.Statements,
        Base64UrlText.Encode(key.Sign(LentBytes.Signed(key.NodeId, owner, word))));

    /// <summary>Null unless that lender signed exactly this word for exactly that asking.</summary>
    public LentWord? Read(ItemId item, ulong ask, NodeId lender, NodeId owner, IVerifier verifier)
    {
        if (LockMessage.ReadAsk(Ask) != ask || HashedAgoS < -1) return null;
        if (LentBytes.StateOf(State) is not { } state) return null;
        if (Code.Length > CodeLengthMax || !Code.All(c => char.IsAsciiLetterLower(c) || c == '_')) return null;
        if (KeyChain.Read(Keys, verifier) is not { } chain || chain.Node != lender) return null;
        if (!Base64UrlText.TryDecode(Signature, SignatureBytes, out var signature)) return null;
        var word = new LentWord(
            item, ask, state, Code.Length == 0 ? null : Code, HashedAgoS < 0 ? null : HashedAgoS);
        return verifier.Verify(chain.Current, LentBytes.Signed(lender, owner, word), signature) ? word : null;
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoanReply))]
[JsonSerializable(typeof(LoanRequest))]
[JsonSerializable(typeof(LentReply))]
internal sealed partial class LoanJson : JsonSerializerContext;
