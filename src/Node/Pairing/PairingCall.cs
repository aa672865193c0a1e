using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A pairing that this node asked for.</summary>
/// <param name="Words">To be compared with those on the other screen.</param>
/// <param name="Matched">True once this node's owner has said that the words match.</param>
/// <param name="Code">Why it came to nothing; null otherwise.</param>
/// <param name="Group">The fleet of a device's text.</param>
public sealed record PairingCall(
    string Id, InviteKind Kind, NodeId With, string Words, bool Matched, PairingState State, string? Code,
    GroupId Group);

/// <summary>A pairing that is asked for, as <see cref="PairingCalls"/> keeps it under its lock.</summary>
internal sealed class CallAtWork(Introduction introduction, long expiresMs)
{
    public Introduction Introduction { get; } = introduction;

    public InviteText Invite => Introduction.Invite;

    /// <summary>As the node that made the text shows it.</summary>
    public string Id { get; } = PairingDesk.IdOf(introduction.Invite);

    /// <summary>The first handshake, after which there are words to compare.</summary>
    public Task? Begun { get; set; }

    public bool HasWords => Begun is { IsCompletedSuccessfully: true };

    /// <summary>The other node's welcome; held until this node's owner has compared the words.</summary>
    public Greeting? Met { get; set; }

    public bool IsMatched { get; set; }

    /// <summary>True while it is being written down: then it is too late to say no.</summary>
    public bool IsTaking { get; set; }

    public PairingState State { get; set; } = PairingState.Asked;

    public string? Code { get; set; }

    /// <summary>When the time to answer is over; once it has ended, when it is no longer shown.</summary>
    public long ExpiresMs { get; set; } = expiresMs;

    public PairingCall View() => new(
        Id, Invite.Kind, Invite.Issuer, Introduction.Words ?? "", IsMatched, State, Code, Invite.Group);
}
