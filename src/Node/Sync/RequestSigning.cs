using System.Buffers.Binary;
using System.Security.Cryptography;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Anarchive.Node;

/// <summary>Why a signed request is not believed. A caller is told nothing of it but "not found".</summary>
public enum RequestFault
{
    None,

    /// <summary>Changed on the way, meant for another node, or signed by another key.</summary>
    BadSignature,

    /// <summary>Created over two minutes ago, or before this node started and knew what it had seen.</summary>
    Stale,

    /// <summary>Created over two minutes from now.</summary>
    Early,

    /// <summary>Seen before.</summary>
    Replayed,

    /// <summary>Its sender signs more than is remembered: it has to wait.</summary>
    TooMany,
}

/// <summary>Signs requests to other nodes and checks theirs.</summary>
/// <remarks>
/// What was seen is not kept over a restart, so nothing created before is believed; a request of a caller whose clock
/// runs ahead can come twice then, which is why no signed request may do harm done twice. Safe from any thread.
/// </remarks>
public sealed class RequestSigning(NodeKey key, IVerifier verifier, TimeProvider time)
{
    private readonly long _startedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly NonceCache _seen = new(Limits.RequestsPerNodeMax, Limits.RequestsMax);

    /// <summary>Adds the header; <paramref name="body"/> is what the request carries, byte for byte.</summary>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, PublicKey recipient)
    {
        var target = request.RequestUri?.PathAndQuery ?? "";
        var signed = SignedRequest.Of(request.Method.Method, target, Hash256.Sha256(body), recipient)
            ?? throw new InvalidOperationException("This request is too long to be signed.");
        var nonce = RandomNumberGenerator.GetBytes(RequestSignature.NonceBytes);
        request.Headers.Add(
            RequestSignature.Header, signed.Sign(key.NodeId, Now(), nonce, key).ToString());
    }

    /// <summary>What a request says of its sender, unchecked; null where it says nothing, or says it twice.</summary>
    public static RequestSignature? Read(HttpRequest request) =>
        request.Headers[RequestSignature.Header] is [var header] ? RequestSignature.TryParse(header) : null;

    /// <summary>
    /// True where that sender's key signed the request, lately, and for this node. It may have been seen before, and is
    /// not remembered.
    /// </summary>
    public bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body, RequestSignature signature, PublicKey sender) =>
        Covered(request, body) is { } signed && Judge(signed, signature, sender) == RequestFault.None;

    /// <summary>Whether that request was signed with its sender's key, lately, once, and for this node.</summary>
    public RequestFault Check(
        HttpRequest request, ReadOnlySpan<byte> body, RequestSignature signature, PublicKey sender) =>
        Covered(request, body) is { } signed ? Check(signed, signature, sender) : RequestFault.BadSignature;

    /// <summary>As above, where the caller has taken the request apart.</summary>
    public RequestFault Check(SignedRequest request, RequestSignature signature, PublicKey sender)
    {
        if (Judge(request, signature, sender) is var fault and not RequestFault.None) return fault;
        var nonce = BinaryPrimitives.ReadUInt128BigEndian(signature.Nonce.Span);
        return _seen.Add(signature.Sender, nonce, signature.CreatedMs + Limits.RequestSkewMs, Now()) switch
        {
            NonceCache.Outcome.Fresh => RequestFault.None,
            NonceCache.Outcome.Seen => RequestFault.Replayed,
            _ => RequestFault.TooMany,
        };
    }

    private SignedRequest? Covered(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return SignedRequest.Of(request.Method, target, Hash256.Sha256(body), key.PublicKey);
    }

    private RequestFault Judge(SignedRequest request, RequestSignature signature, PublicKey sender)
    {
        if (request.Recipient != key.PublicKey || !request.IsSigned(signature, sender, verifier))
            return RequestFault.BadSignature;
        var now = Now();
        if (signature.CreatedMs > now + Limits.RequestSkewMs) return RequestFault.Early;
        return signature.CreatedMs + Limits.RequestSkewMs < now || signature.CreatedMs < _startedMs
            ? RequestFault.Stale
            : RequestFault.None;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
