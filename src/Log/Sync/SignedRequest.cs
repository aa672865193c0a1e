using System.Buffers.Binary;
using System.Text;

namespace Anarchive.Log;

/// <summary>What a node signs of a request, so that nothing on the way can change it or send it elsewhere.</summary>
/// <remarks>
/// Signed is <c>domain ‖ sender NodeId 32 | u8 length | method | u16 length | target | SHA-256 of the body 32 |
/// u64 created, Unix milliseconds | nonce 16 | recipient's key in force 32</c>. The target is path and query as sent;
/// host and scheme are left out, for a reverse proxy may name others: the recipient's key stands for them.
/// </remarks>
public sealed record SignedRequest
{
    /// <summary>Longer than any method that HTTP knows.</summary>
    public const int MethodLengthMax = 16;

    /// <summary>As long as a request line may be (RFC 9112, section 3).</summary>
    public const int TargetLengthMax = 8_000;

    private readonly byte[] _method;
    private readonly byte[] _target;

    private SignedRequest(byte[] method, byte[] target, Hash256 body, PublicKey recipient) =>
        (_method, _target, Body, Recipient) = (method, target, body, recipient);

    /// <summary>SHA-256 of the body as sent, which may be empty.</summary>
    public Hash256 Body { get; }

    public PublicKey Recipient { get; }

    /// <summary>Null where method or target are too long or not ASCII: no such request is sent.</summary>
    public static SignedRequest? Of(string method, string target, Hash256 body, PublicKey recipient) =>
        method.Length is > 0 and <= MethodLengthMax && target.Length is > 0 and <= TargetLengthMax
        && Ascii.IsValid(method) && Ascii.IsValid(target)
            ? new SignedRequest(Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes(target), body, recipient)
            : null;

    /// <summary>For that node, whose key in force the signer holds.</summary>
    public RequestSignature Sign(NodeId sender, long createdMs, ReadOnlySpan<byte> nonce, ISigner signer)
    {
        byte[] kept = [.. nonce];
        return new RequestSignature(
            sender, createdMs, kept, signer.Sign(SignedBytes(sender, createdMs, kept)));
    }

    /// <summary>True where the holder of that key signed exactly this request.</summary>
    public bool IsSigned(RequestSignature by, PublicKey key, IVerifier verifier) =>
        verifier.Verify(key, SignedBytes(by.Sender, by.CreatedMs, by.Nonce.Span), by.Signature.Span);

    /// <summary>What a sender signs, the domain included.</summary>
    public byte[] SignedBytes(NodeId sender, long createdMs, ReadOnlySpan<byte> nonce)
    {
        Span<byte> targetLength = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(targetLength, (ushort)_target.Length);
        Span<byte> created = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(created, createdMs);
        return
        [
            .. Domains.Request, .. sender.Value.ToArray(), (byte)_method.Length, .. _method, .. targetLength,
            .. _target, .. Body.ToArray(), .. created, .. nonce, .. Recipient.Value.ToArray(),
        ];
    }
}
