using System.Buffers.Binary;
using System.Text.Json;

namespace Anarchive.Log;

/// <summary>A node's signed word that it will own a group, given to the owner who hands it over.</summary>
/// <remarks>
/// Text form: <c>ac1</c> and base64url of its JSON. The signature covers domain ‖ group ‖ old owner ‖ new owner ‖
/// per chain of <see cref="From"/> in order: incarnation ‖ seq.
/// </remarks>
public sealed record OwnerConsent(
    string Group,
    string Owner,
    string InstanceId,
    IReadOnlyList<ChainSeq> From,
    IReadOnlyList<KeyStatement> Keys,
    string Cosignature)
{
    private const string Prefix = "ac1";

    public static byte[] SignedBytes(GroupId group, NodeId old, NodeId next, IReadOnlyList<ChainSeq> from)
    {
        var bytes = new byte[Domains.Owner.Length + 3 * Hash256.Size + 16 * from.Count];
        Domains.Owner.CopyTo(bytes);
        var at = bytes.AsSpan(Domains.Owner.Length);
        group.Value.CopyTo(at);
        old.Value.CopyTo(at[32..]);
        next.Value.CopyTo(at[64..]);
        at = at[96..];
        foreach (var place in from)
        {
            _ = Incarnation.TryParse(place.Incarnation, out var incarnation);
            BinaryPrimitives.WriteUInt64BigEndian(at, incarnation.Value);
            BinaryPrimitives.WriteInt64BigEndian(at[8..], place.Seq);
            at = at[16..];
        }

        return bytes;
    }

    public string Write() =>
        Prefix + Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(this, EngineJson.Default.OwnerConsent));

    /// <summary>Null where the text is no consent.</summary>
    public static OwnerConsent? TryParse(string text)
    {
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (Base64UrlText.Decode(text.AsSpan(Prefix.Length)) is not { } bytes) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes, EngineJson.Default.OwnerConsent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True where the new owner signed that it takes the group over from that writer.</summary>
    public static bool Holds(OwnerTransferred transfer, GroupId group, NodeId old, IVerifier verifier) =>
        NodeId.TryParse(transfer.InstanceId, out var next)
        && Authority.AfterMap(transfer.From) is not null
        && KeyChain.Read(transfer.Keys, verifier) is { } keys
        && keys.Node == next
        && Base64UrlText.TryDecode(transfer.Cosignature, 64, out var signature)
        && verifier.Verify(keys.Current, SignedBytes(group, old, next, transfer.From), signature);
}
