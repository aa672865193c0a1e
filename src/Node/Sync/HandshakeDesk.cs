using System.Security.Cryptography;
using Anarchive.Log;
using Anarchive.Rings;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>The responder's side of handshakes.</summary>
/// <remarks>
/// Whoever does not know whom it calls, or whom nobody here knows, gets no answer. Nothing is kept or changed before
/// the caller has proved its key. What waits for a proof is bounded in number and time, and each challenge is good for
/// one try.
/// </remarks>
public sealed class HandshakeDesk(
    NodeKey key, NodeCertificate certificate, IVerifier verifier, TokenBook tokens, InviteBook invites,
    PairingDesk pairings, RingBook rings, PeerBook peers, Sharing sharing, Admissions admissions,
    NodeOptions options, NodeName own, TimeProvider time, ILogger<HandshakeDesk> log)
{
    // Strangers may open this many at once; the oldest gives way.
    private const int OpenMax = 256;

    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Open> _open = [];
    private readonly Queue<string> _order = [];

    /// <summary>
    /// True where the caller knows whom it calls, and is known or brings an invite; a hub proves itself to whoever
    /// knows it. Costs a hash, and says nothing.
    /// </summary>
    public bool Expects(HelloMessage hello) =>
        Base64UrlText.TryDecode(hello.Nonce, out Hash256 nonce)
        && Base64UrlText.TryDecode(hello.To, out Hash256 to)
        && to == Handshake.Addressee(key.NodeId, nonce)
        && NodeId.TryParse(hello.InstanceId, out var caller)
        && ((Base64UrlText.TryDecode(hello.Invite, InviteText.IdBytes, out var invite) && invites.Knows(invite))
            || pairings.Knows(hello.Invite) || rings.Holds(caller) || sharing.Knows(caller) || options.IsHub);

    /// <summary>True where that proof answers a challenge of lately. Costs little, and changes nothing.</summary>
    public bool Expects(ProofMessage proof)
    {
        lock (_open) return _open.TryGetValue(proof.Session, out var open) && !IsStale(open);
    }

    /// <summary>Our proof for a caller that named itself; null when its hello is malformed.</summary>
    public ChallengeMessage? Challenge(HelloMessage hello, in PeerCaller from)
    {
        if (from.IsEncrypted && from.Certificate.IsZero) return null;
        if (KeyChain.Read(hello.Keys, verifier) is not { } caller) return null;
        if (hello.InstanceId != caller.Node.ToString() || caller.Node == key.NodeId) return null;
        if (!Base64UrlText.TryDecode(hello.Nonce, out Hash256 nonce)) return null;
        if (Handshake.Choose(hello.Versions) is not { } version) return null;
        var ours = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        var handshake = new Handshake(
            new HandshakeSide(caller.Node, caller.Current, nonce, from.Certificate),
            new HandshakeSide(key.NodeId, key.PublicKey, ours, from.IsEncrypted ? certificate.KeyHash : default),
            hello.Versions,
            version);
        var session = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));
        _ = Base64UrlText.TryDecode(hello.Commitment, out Hash256 commitment);
        Remember(session, new Open(handshake, caller, commitment, from.Binding, time.GetTimestamp()));
        return new ChallengeMessage(
            "challenge",
            session,
            key.NodeId.ToString(),
            key.Statements,
            Base64UrlText.Encode(ours.ToArray()),
            version,
            Base64UrlText.Encode(handshake.Sign(HandshakeRole.Responder, key)));
    }

    /// <summary>Welcomes a caller that proved its key and shares a group; otherwise a code.</summary>
    public async Task<(WelcomeMessage? Welcome, NodeId Peer, string Code)> WelcomeAsync(
        ProofMessage proof, PeerCaller from, CancellationToken cancellation)
    {
        // On another connection than the hello, perhaps, but from the same side.
        if (Take(proof.Session) is not { } open || open.Binding != from.Binding)
            return (null, default, "not_found");
        if (!Base64UrlText.TryDecode(proof.Signature, 64, out var signature)) return (null, default, "not_found");
        if (!open.Handshake.Proves(HandshakeRole.Caller, signature, verifier)) return (null, default, "not_found");
        var caller = open.Caller.Node;
        if (sharing.IsPaused(caller)) return (null, default, "not_ready");
        if (!Base64UrlText.TryDecode(proof.Token, TokenBook.TokenBytes, out _)) return (null, default, "malformed");
        if (proof.Endpoint is not null && Endpoint.TryParse(proof.Endpoint) is null)
            return (null, default, "malformed");
        GroupId? invited = null;
        var isPairing = proof.Invite is not null && pairings.Knows(proof.Invite.Id);
        if (isPairing)
        {
            var (state, isOther) = pairings.Ask(open.Handshake, open.Caller, open.Commitment, proof.Invite!);
            if (state != PairingState.Accepted) return (null, default, CodeOf(state, isOther));
        }
        else if (proof.Invite is { } invite)
        {
            var (outcome, group) = await invites.RedeemAsync(open.Handshake, invite, cancellation);
            if (outcome != Redemption.Granted) return (null, default, CodeOf(outcome));
            await admissions.AdmitAsync(group, open.Caller, cancellation);
            invited = group;
        }

        var shared = sharing.With(caller);
        // Who shows keys that newer ones have overruled may be whoever took them.
        if (shared.Any(g => admissions.IsOverruled(g, open.Caller))) return (null, default, "not_found");
        if (shared.Count == 0 && !rings.Holds(caller))
            return (null, default, IsRemoved(proof, caller) ? Refusal.NotAMember.Code() : "not_found");
        await peers.CalledAsync(
            caller, PlaceOf(proof, from), proof.Endpoint is not null, proof.Token, cancellation);
        var (token, expires) = await tokens.IssueAsync(
            new TokenHolder(caller, open.Caller.Current, from.Binding), cancellation);
        NodeLog.PeerProved(log, caller);
        var name = isPairing ? own.Current : null;
        var groups = admissions.Describe(shared, invited);
        return (new WelcomeMessage(token, expires, groups, WireCredit.Full, name), caller, "");
    }

    /// <summary>
    /// A peer says where it can be called. Of addresses that are not global only the one it calls from is taken, so
    /// that nobody makes this node knock on doors of its own network; names are judged as they are dialled.
    /// </summary>
    private static Endpoint? PlaceOf(ProofMessage proof, in PeerCaller from) =>
        Endpoint.TryParse(proof.Endpoint) is { } said
        && (said.IsEncrypted || !(from.IsEncrypted || from.IsProxied))
        && Disclosure.MayLeadItself(said, from.Address)
            ? said
            : null;

    // It proved its key and names the group: nothing is told that it does not know.
    private bool IsRemoved(ProofMessage proof, NodeId caller) =>
        proof.Groups.Any(g => GroupId.TryParse(g, out var group) && sharing.WasRemoved(group, caller));

    private static string CodeOf(Redemption outcome) => outcome switch
    {
        Redemption.Used => "invite_used",
        Redemption.Lapsed => "invite_lapsed",
        _ => "not_found",
    };

    private static string CodeOf(PairingState state, bool isOther) => (state, isOther) switch
    {
        (PairingState.Open, _) => "not_found",
        (_, true) => "invite_used",
        (PairingState.Asked, _) => "awaits_approval",
        (PairingState.Lapsed, _) => "invite_lapsed",
        _ => "pairing_denied",
    };

    private void Remember(string session, Open open)
    {
        lock (_open)
        {
            while (_order.TryPeek(out var oldest)
                && (_order.Count >= OpenMax || !_open.TryGetValue(oldest, out var o) || IsStale(o)))
            {
                _open.Remove(oldest);
                _order.Dequeue();
            }

            _open.Add(session, open);
            _order.Enqueue(session);
        }
    }

    private Open? Take(string session)
    {
        lock (_open) return _open.Remove(session, out var open) && !IsStale(open) ? open : null;
    }

    private bool IsStale(Open open) => time.GetElapsedTime(open.Since) > OpenFor;

    private sealed record Open(
        Handshake Handshake, KeyChain Caller, Hash256 Commitment, Hash256 Binding, long Since);
}
