using System.Security.Cryptography;
using System.Text;

namespace Anarchive.Log;

/// <summary>As what an invite lets another node in.</summary>
public enum InviteKind : byte
{
    /// <summary>A member of a hive.</summary>
    Member,

    /// <summary>A friend of the first degree; no group goes with it.</summary>
    Friend,

    /// <summary>One of the owner's own devices: a member of the fleet's group.</summary>
    Device,
}

/// <summary>What an owner hands to a newcomer: where to knock, whom to expect, which group, and a secret.</summary>
/// <remarks>
/// Text: <c>ai1</c>, for friends <c>af1</c>, for devices <c>ad1</c>, and base64url (RFC 4648, section 5, unpadded) of
/// <c>NodeId 32 | GroupId 32 | id 16 | secret 32 | u8 length | endpoint, ASCII | check 4</c>; check is the start of
/// SHA-256(domain ‖ u8 1 for a friend, 2 for a device ‖ everything before it), so
/// that a damaged paste is told from a wrong one.
/// </remarks>
public sealed class InviteText
{
    public const int IdBytes = 16;
    public const int SecretBytes = 32;

    private const int CheckBytes = 4;
    private const int FixedBytes = 32 + 32 + IdBytes + SecretBytes + 1;

    private static readonly string[] Prefixes = ["ai1", "af1", "ad1"];

    public InviteText(Endpoint endpoint, NodeId issuer, GroupId group, ReadOnlySpan<byte> id, ReadOnlySpan<byte> secret)
        : this(InviteKind.Member, endpoint, issuer, group, id, secret)
    {
    }

    public InviteText(
        InviteKind kind, Endpoint endpoint, NodeId issuer, GroupId group, ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> secret)
    {
        if (id.Length != IdBytes || secret.Length != SecretBytes)
            throw new ArgumentException("An invite has a 16-byte id and a 32-byte secret.", nameof(id));
        (Kind, Endpoint, Issuer, Group) = (kind, endpoint, issuer, group);
        (Id, Secret) = (id.ToArray(), secret.ToArray());
    }

    public InviteKind Kind { get; }

    public Endpoint Endpoint { get; }

    public NodeId Issuer { get; }

    /// <summary>What it lets in to; zeros for friends.</summary>
    public GroupId Group { get; }

    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>Never sent: only a MAC under it is.</summary>
    public ReadOnlyMemory<byte> Secret { get; }

    /// <summary>
    /// Reads an invite; white space around it is ignored. Null with a code otherwise: <c>not_an_invite</c>,
    /// <c>invite_damaged</c> (characters missing or changed) or <c>invite_malformed</c>.
    /// </summary>
    public static InviteText? TryParse(string? text, out string? code)
    {
        text = text?.Trim();
        code = "not_an_invite";
        var at = text is null
            ? -1
            : Array.FindIndex(Prefixes, p => text.StartsWith(p, StringComparison.Ordinal));
        if (text is null || at < 0) return null;
        var kind = (InviteKind)at;
        code = "invite_damaged";
        if (Decode(text.AsSpan(Prefixes[at].Length)) is not { } bytes) return null;
        var body = bytes.AsSpan(..^CheckBytes);
        if (!Check(kind, body).SequenceEqual(bytes.AsSpan(^CheckBytes..))) return null;
        code = "invite_malformed";
        var length = body[FixedBytes - 1];
        if (body.Length != FixedBytes + length) return null;
        if (Endpoint.TryParse(Encoding.Latin1.GetString(body[FixedBytes..])) is not { } endpoint) return null;
        code = null;
        return new InviteText(
            kind,
            endpoint,
            new NodeId(new Hash256(body[..32])),
            new GroupId(new Hash256(body[32..64])),
            body.Slice(64, IdBytes),
            body.Slice(64 + IdBytes, SecretBytes));
    }

    /// <summary>The text to paste. Contains the secret: never logged.</summary>
    public string Write()
    {
        var endpoint = Encoding.ASCII.GetBytes(Endpoint.ToString());
        byte[] body =
        [
            .. Issuer.Value.ToArray(), .. Group.Value.ToArray(), .. Id.Span, .. Secret.Span,
            (byte)endpoint.Length, .. endpoint,
        ];
        return Prefixes[(int)Kind] + Base64UrlText.Encode([.. body, .. Check(Kind, body)]);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"invite as {Kind}";

    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length > (FixedBytes + Endpoint.LengthMax + CheckBytes) * 4 / 3 + 2) return null;
        var bytes = Base64UrlText.Decode(text);
        return bytes is { Length: >= FixedBytes + CheckBytes } ? bytes : null;
    }

    private static ReadOnlySpan<byte> Check(InviteKind kind, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> told = kind == InviteKind.Member ? [] : [(byte)kind];
        return SHA256.HashData([.. Domains.Invite, .. told, .. body]).AsSpan(0, CheckBytes);
    }
}
