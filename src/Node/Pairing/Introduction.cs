using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What a caller whom nobody knows shows: an invite, and in a pairing what the words follow from.</summary>
public sealed class Introduction
{
    private readonly byte[]? _opening;
    private readonly string? _name;

    private Introduction(InviteText invite, byte[]? opening, string? name) =>
        (Invite, _opening, _name) = (invite, opening, name);

    public InviteText Invite { get; }

    /// <summary>The four words to be compared; null before the other node has proved its key.</summary>
    public string? Words { get; private set; }

    /// <summary>The token issued for the other node; null before the first handshake.</summary>
    internal string? Token { get; set; }

    internal string Id => Base64UrlText.Encode(Invite.Id.Span);

    internal string? Commitment =>
        _opening is null ? null : Base64UrlText.Encode(PairingWords.Commit(_opening).ToArray());

    public static Introduction ToHive(InviteText invite) => new(invite, null, null);

    public static Introduction ToPairing(InviteText invite, string name) =>
        new(invite, RandomNumberGenerator.GetBytes(PairingWords.OpeningBytes), name);

    internal InviteProof Prove(Handshake handshake)
    {
        // Those of the first handshake: later ones only ask what became of it.
        if (_opening is not null) Words ??= PairingWords.Of(handshake, _opening);
        return new InviteProof(
            Id,
            Base64UrlText.Encode(handshake.InviteMac(Invite.Secret.Span)),
            _opening is null ? null : Base64UrlText.Encode(_opening),
            _name);
    }
}
