using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>What an aggregator's owner hands to one household: whom to report to, with what key, and as whom.</summary>
/// <remarks>
/// Text: <c>anarchive-signal:</c> and base64url (RFC 4648, section 5, unpadded) of
/// <c>u8 1 | NodeId 32 | box key 32 | token 32 | check 4</c>; check is the start of SHA-256 over
/// <c>anarchive/v1/signal-enrolment</c>, a zero byte, and everything before it, so that a damaged paste is refused.
/// </remarks>
/// <param name="BoxKey">The X25519 key that reports are sealed for: 32 bytes.</param>
/// <param name="Token">32 bytes, by which the aggregator knows the household. Whoever has it speaks for it.</param>
public sealed record SignalEnrolment(NodeId Aggregator, ReadOnlyMemory<byte> BoxKey, ReadOnlyMemory<byte> Token)
{
    public const string Prefix = "anarchive-signal:";

    public const int KeyBytes = 32;

    public const int TokenBytes = 32;

    private const byte Version = 1;
    private const int CheckBytes = 4;
    private const int BodyBytes = 1 + 32 + KeyBytes + TokenBytes;

    private static ReadOnlySpan<byte> Domain => "anarchive/v1/signal-enrolment\0"u8;

    /// <summary>Reads a text; white space around it is ignored. Null for anything but what is written here.</summary>
    public static SignalEnrolment? TryParse(string? text)
    {
        text = text?.Trim();
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (!Base64UrlText.TryDecode(text[Prefix.Length..], BodyBytes + CheckBytes, out var bytes)) return null;
        var body = bytes.AsSpan(..BodyBytes);
        if (body[0] != Version || !Check(body).SequenceEqual(bytes.AsSpan(BodyBytes..))) return null;
        return new SignalEnrolment(
            new NodeId(new Hash256(body[1..33])), body.Slice(33, KeyBytes).ToArray(),
            body.Slice(33 + KeyBytes, TokenBytes).ToArray());
    }

    /// <summary>The text to paste. Contains the token: shown once, never logged.</summary>
    public string Write()
    {
        byte[] body = [Version, .. Aggregator.Value.ToArray(), .. BoxKey.Span, .. Token.Span];
        return Prefix + Base64UrlText.Encode([.. body, .. Check(body)]);
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"enrolment with {Aggregator}";

    private static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> body) =>
        SHA256.HashData([.. Domain, .. body]).AsSpan(0, CheckBytes);
}
