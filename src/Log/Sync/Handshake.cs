using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Anarchive.Log;

/// <summary>Which side of a handshake signs; signed too, so that no proof passes for the other side's.</summary>
public enum HandshakeRole : byte
{
    Caller = 1,
    Responder = 2,
}

/// <summary>One side of a handshake: who it says it is, its key in force and its nonce.</summary>
/// <param name="Certificate">
/// SHA-256 over the public key (SubjectPublicKeyInfo, RFC 5280) of the certificate it shows on the connection; zeros
/// where it shows none.
/// </param>
public sealed record HandshakeSide(NodeId Node, PublicKey Key, Hash256 Nonce, Hash256 Certificate = default);

/// <summary>What both sides sign: all that was offered and chosen, so that nothing in between can change it.</summary>
/// <remarks>
/// <c>T = caller NodeId 32 | responder NodeId 32 | caller key 32 | responder key 32 | caller nonce 32 |
/// responder nonce 32 | responder's certificate 32 | caller's certificate 32 | u8 count | offered versions u16 each |
/// chosen u16</c>. The certificates bind keys to the connection: whoever relays it shows others.
/// </remarks>
public sealed class Handshake
{
    /// <summary>The protocol version this node speaks.</summary>
    public const int Version = 1;

    /// <summary>Versions one side may offer; more serve attackers only.</summary>
    public const int VersionsMax = 16;

    private readonly byte[] _transcript;

    public Handshake(HandshakeSide caller, HandshakeSide responder, IReadOnlyList<int> offered, int chosen)
    {
        (Caller, Responder) = (caller, responder);
        _transcript = new byte[8 * Hash256.Size + 1 + 2 * offered.Count + 2];
        var rest = _transcript.AsSpan();
        foreach (var part in (ReadOnlySpan<Hash256>)[
            caller.Node.Value, responder.Node.Value, caller.Key.Value, responder.Key.Value,
            caller.Nonce, responder.Nonce, responder.Certificate, caller.Certificate])
        {
            part.CopyTo(rest);
            rest = rest[Hash256.Size..];
        }

        rest[0] = (byte)offered.Count;
        rest = rest[1..];
        foreach (var version in offered)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)version);
            rest = rest[2..];
        }

        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)chosen);
    }

    public HandshakeSide Caller { get; }

    public HandshakeSide Responder { get; }

    /// <summary>T, as bytes.</summary>
    public ReadOnlySpan<byte> Transcript => _transcript;

    /// <summary>The offered version that this node speaks; null when there is none or the offer is malformed.</summary>
    public static int? Choose(IReadOnlyList<int> offered) =>
        offered.Count is > 0 and <= VersionsMax && offered.All(v => v is > 0 and <= ushort.MaxValue)
            && offered.Contains(Version) ? Version : null;

    /// <summary>
    /// Names whom a hello is for, to whoever knows that node: a responder says nothing to callers that do not.
    /// </summary>
    public static Hash256 Addressee(NodeId responder, Hash256 nonce) =>
        Hash256.Sha256(Domains.Hello, [.. nonce.ToArray(), .. responder.Value.ToArray()]);

    public byte[] Sign(HandshakeRole role, ISigner signer) => signer.Sign(SignedBytes(role));

    /// <summary>True when that side holds the key it named.</summary>
    public bool Proves(HandshakeRole role, ReadOnlySpan<byte> signature, IVerifier verifier) =>
        verifier.Verify(role == HandshakeRole.Caller ? Caller.Key : Responder.Key, SignedBytes(role), signature);

    /// <summary>HMAC-SHA256 (RFC 2104) of T under an invite's secret: good for this handshake only.</summary>
    public byte[] InviteMac(ReadOnlySpan<byte> secret) => HMACSHA256.HashData(secret, _transcript);

    /// <summary>What a side signs: domain ‖ role ‖ T.</summary>
    public byte[] SignedBytes(HandshakeRole role) => [.. Domains.Handshake, (byte)role, .. _transcript];
}
