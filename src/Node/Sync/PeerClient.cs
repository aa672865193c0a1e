using System.Buffers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>The caller's side of the protocol.</summary>
public sealed class PeerClient(
    PeerDoors doors, NodeCertificate certificate, NodeKey key, IVerifier verifier, PeerBook peers, TokenBook tokens,
    OwnEndpoint own)
{
    /// <summary>
    /// Shakes hands with the node expected there. Token, groups and invite go out once it has proved its key.
    /// </summary>
    /// <exception cref="PeerException"><c>wrong_node</c>: another key answered. Else the peer's code.</exception>
    public async Task<WelcomeMessage> GreetAsync(
        Endpoint endpoint,
        DialScope scope,
        NodeId expected,
        IReadOnlyList<GroupId> groups,
        Introduction? introduction,
        CancellationToken cancellation)
    {
        var met = await MeetAsync(endpoint, scope, expected, groups, introduction, cancellation);
        // Who is greeted by a pasted text may be new here; all others are in the book, or were a moment ago.
        var source = introduction is null ? (PeerSource?)null : PeerSource.Manual;
        if (await peers.GreetedAsync(expected, met.At, source, met.Welcome.Token, met.Identity, cancellation))
            return met.Welcome;
        await tokens.RevokeAsync(expected, cancellation);
        throw new PeerException(Failure.Unreachable, "no_address");
    }

    /// <summary>As <see cref="GreetAsync"/>, but takes no note of the node that answers.</summary>
    /// <exception cref="PeerException"><c>wrong_node</c>: another key answered. Else the peer's code.</exception>
    internal async Task<Greeting> MeetAsync(
        Endpoint endpoint,
        DialScope scope,
        NodeId expected,
        IReadOnlyList<GroupId> groups,
        Introduction? introduction,
        CancellationToken cancellation)
    {
        using var door = doors.Strange(endpoint, scope);
        var (handshake, session) = await HearAsync(door, expected, introduction, cancellation);
        var identity = new PeerIdentity(
            handshake.Responder.Certificate,
            endpoint.IsEncrypted && handshake.Responder.Certificate.IsZero,
            handshake.Responder.Key);
        // Who answers behind a proxy is expected to come by one: to this node's, where it has one too.
        var holder = new TokenHolder(
            expected, identity.Key, identity.IsProxied ? TokenHolder.Proxied : identity.Certificate);
        var token = await TokenForAsync(holder, introduction, cancellation);
        var proof = new ProofMessage(
            session,
            Base64UrlText.Encode(handshake.Sign(HandshakeRole.Caller, key)),
            token,
            own.For(endpoint)?.ToString(),
            [.. groups.Select(g => g.ToString())],
            introduction?.Prove(handshake));
        try
        {
            var welcome = await door.Http.ExchangeAsync(
                PeerHttp.Post(At(endpoint, "/sync/v1/handshake"), proof, SyncJson.Default.HandshakeMessage),
                null,
                SyncJson.Default.WelcomeMessage,
                cancellation);
            if (!Base64UrlText.TryDecode(welcome.Token, TokenBook.TokenBytes, out _)) throw PeerException.Malformed();
            return new Greeting(welcome, endpoint, identity);
        }
        catch (PeerException failed) when (failed.Code != "awaits_approval")
        {
            // It may have read the token all the same.
            await tokens.RevokeAsync(token, cancellation);
            throw;
        }
    }

    /// <summary>Finds out whether that node answers there. Nothing is said of groups or tokens.</summary>
    /// <exception cref="PeerException">It does not.</exception>
    public async Task ProbeAsync(
        Endpoint endpoint, DialScope scope, NodeId expected, CancellationToken cancellation)
    {
        using var door = doors.Strange(endpoint, scope);
        await ProveAsync(door, expected, cancellation);
    }

    /// <summary>Has the node behind a door prove its key, and returns the one in force.</summary>
    /// <exception cref="PeerException">Another node answers, or none.</exception>
    internal async Task<PublicKey> ProveAsync(PeerDoor door, NodeId expected, CancellationToken cancellation) =>
        (await HearAsync(door, expected, null, cancellation)).Handshake.Responder.Key;

    /// <summary>Whoever asks again shows the token it showed first, as long as that one holds.</summary>
    private async Task<string> TokenForAsync(
        TokenHolder holder, Introduction? introduction, CancellationToken cancellation)
    {
        if (introduction?.Token is { } shown && tokens.Resolve(shown) == holder) return shown;
        var (token, _) = await tokens.IssueAsync(holder, cancellation);
        if (introduction is not null) introduction.Token = token;
        return token;
    }

    /// <summary>Says hello and hears a proof of who answers; nothing about this node's groups is said before.</summary>
    private async Task<(Handshake Handshake, string Session)> HearAsync(
        PeerDoor door, NodeId expected, Introduction? introduction, CancellationToken cancellation)
    {
        var nonce = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        IReadOnlyList<int> versions = [Handshake.Version];
        var hello = new HelloMessage(
            key.NodeId.ToString(),
            key.Statements,
            Base64UrlText.Encode(nonce.ToArray()),
            versions,
            Base64UrlText.Encode(Handshake.Addressee(expected, nonce).ToArray()),
            introduction?.Id,
            introduction?.Commitment);
        var challenge = await door.Http.ExchangeAsync(
            PeerHttp.Post(At(door.Endpoint, "/sync/v1/handshake"), hello, SyncJson.Default.HandshakeMessage),
            null,
            SyncJson.Default.ChallengeMessage,
            cancellation);
        var shown = door.Endpoint.IsEncrypted ? certificate.KeyHash : default;
        var handshake = Check(challenge, expected, nonce, versions, (shown, door.Seen))
            // A proxy that the system trusts may stand before it: then neither side saw the other's certificate.
            ?? (door.IsTrusted ? Check(challenge, expected, nonce, versions, default) : null)
            ?? throw new PeerException(Failure.Unreachable, "wrong_node");
        return (handshake, challenge.Session);
    }

    /// <summary>Asks a peer to call this node back, where the peer knows it to be.</summary>
    public Task<ReachReply> ReachAsync(NodeId peer, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        return http.ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Post, At(endpoint, "/sync/v1/reach")),
            token,
            SyncJson.Default.ReachReply,
            cancellation);
    }

    public Task<HeartbeatMessage> BeatAsync(NodeId peer, HeartbeatMessage beat, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        return http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, "/sync/v1/heartbeat"), beat, SyncJson.Default.HeartbeatMessage),
            token,
            SyncJson.Default.HeartbeatMessage,
            cancellation);
    }

    /// <summary>Tells a friend or device which part groups it may read here, and hears which of its own.</summary>
    internal async Task<PartsMessage> TellPartsAsync(
        NodeId peer, PartsMessage parts, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        var reply = await http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, "/net/v1/parts"), parts, PartsJson.Default.PartsMessage),
            token,
            PartsJson.Default.PartsMessage,
            cancellation);
        return reply.Parts.Any(p => p is null) ? throw PeerException.Malformed() : reply;
    }

    /// <summary>Has a friend pass a sealed report on to an aggregator.</summary>
    /// <exception cref="PeerException">It was not taken there, or the friend cannot be asked now.</exception>
    internal Task RelayAsync(NodeId peer, NodeId aggregator, string box, CancellationToken cancellation)
    {
        var message = new RelayMessage(aggregator.ToString(), box);
        return HandAsync(peer, SignalEndpoints.Relay, message, SignalMessagesJson.Default.RelayMessage, cancellation);
    }

    /// <summary>Hands a sealed report, somebody's, to the aggregator.</summary>
    /// <exception cref="PeerException">It was not taken, or the aggregator cannot be asked now.</exception>
    internal Task ReportAsync(NodeId aggregator, string box, CancellationToken cancellation) => HandAsync(
        aggregator, SignalEndpoints.Reports, new ReportMessage(box), SignalMessagesJson.Default.ReportMessage,
        cancellation);

    /// <summary>Asks a friend or device who can give a torrent's bytes.</summary>
    /// <exception cref="PeerException">It tells nothing, or cannot be asked now.</exception>
    internal Task<PeersReply> PeersForAsync(NodeId peer, string infoHash, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        return http.ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Get, At(endpoint, $"{PeersEndpoints.PeersPath}/{infoHash}")),
            token,
            PeersJson.Default.PeersReply,
            cancellation);
    }

    /// <summary>Asks a device of this fleet to keep its copy of an item.</summary>
    /// <exception cref="PeerException">It cannot be asked now, or answers something else.</exception>
    internal Task<LockReply> LockAsync(NodeId holder, LockMessage asked, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(holder);
        return http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, LockEndpoints.Path), asked, LockJson.Default.LockMessage),
            token,
            LockJson.Default.LockReply,
            cancellation);
    }

    /// <summary>What a friend lends this node.</summary>
    /// <exception cref="PeerException">Nothing, or it cannot be asked now.</exception>
    internal Task<LoanReply> LoanAsync(NodeId friend, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(friend);
        return http.ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Get, At(endpoint, LoanEndpoints.Path)), token,
            LoanJson.Default.LoanReply, cancellation);
    }

    /// <summary>Asks a friend something of the copy that it keeps for this node.</summary>
    /// <exception cref="PeerException">It lends nothing, cannot be asked now, or answers something else.</exception>
    internal Task<LentReply> LentAsync(
        NodeId friend, ItemId item, LoanRequest asked, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(friend);
        return http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, $"{LoanEndpoints.Path}/{item}"), asked, LoanJson.Default.LoanRequest), token,
            LoanJson.Default.LentReply, cancellation);
    }

    /// <summary>How to read a group that is shared with that peer.</summary>
    /// <exception cref="PeerException">It cannot be asked now.</exception>
    public GroupClient Of(NodeId peer, GroupId group)
    {
        var (http, endpoint, token) = Address(peer);
        return new GroupClient(http, $"{endpoint}/sync/v1/groups/{group}", group, token);
    }

    /// <summary>How to read files that that peer serves.</summary>
    /// <exception cref="PeerException">It cannot be asked now.</exception>
    public BlobClient Blobs(NodeId peer)
    {
        var (http, endpoint, token) = Address(peer);
        return new BlobClient(http, endpoint + CarrierEndpoints.Path, token);
    }

    /// <summary>How to read items that that device serves.</summary>
    /// <exception cref="PeerException">It cannot be asked now.</exception>
    public ItemClient Items(NodeId peer)
    {
        var (http, endpoint, token) = Address(peer);
        return new ItemClient(http, endpoint + CarrierEndpoints.Path, token);
    }

    /// <summary>A socket by which that peer's torrent client is reached; the caller disposes it.</summary>
    /// <exception cref="PeerException">It cannot be asked now, or refuses.</exception>
    public Task<WebSocket> WireAsync(NodeId peer, Hash160 ih, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        return http.OpenSocketAsync(At(endpoint, $"{CarrierEndpoints.Path}/wire/{ih}"), token, cancellation);
    }

    public Task<LeaveReply> LeaveAsync(NodeId peer, GroupId group, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        return http.ExchangeAsync(
            new HttpRequestMessage(HttpMethod.Post, At(endpoint, $"/sync/v1/groups/{group}/leave")),
            token,
            SyncJson.Default.LeaveReply,
            cancellation);
    }

    public async Task<PushReply> PushAsync(
        NodeId peer, GroupId group, IReadOnlyList<Batch> batches, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        var body = new ArrayBufferWriter<byte>(batches.Sum(BatchFraming.FramedBytes));
        foreach (var batch in batches) BatchFraming.Write(batch, body);
        return await http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, $"/sync/v1/groups/{group}/events"), body.WrittenMemory),
            token,
            SyncJson.Default.PushReply,
            cancellation);
    }

    /// <summary>
    /// The transcript both sides agree on; null where the responder signed another. Throws where it is no such node.
    /// </summary>
    private Handshake? Check(
        ChallengeMessage challenge, NodeId expected, Hash256 nonce, IReadOnlyList<int> versions,
        (Hash256 Ours, Hash256 Theirs) certificates)
    {
        if (challenge.Step != "challenge" || challenge.Version != Handshake.Choose(versions))
            throw PeerException.Malformed();
        if (!Base64UrlText.TryDecode(challenge.Nonce, out Hash256 theirs)
            || !Base64UrlText.TryDecode(challenge.Signature, 64, out var signature))
            throw PeerException.Malformed();
        if (KeyChain.Read(challenge.Keys, verifier) is not { } responder || responder.Node != expected
            || challenge.InstanceId != expected.ToString())
            throw new PeerException(Failure.Unreachable, "wrong_node");
        var handshake = new Handshake(
            new HandshakeSide(key.NodeId, key.PublicKey, nonce, certificates.Ours),
            new HandshakeSide(responder.Node, responder.Current, theirs, certificates.Theirs),
            versions,
            challenge.Version);
        return handshake.Proves(HandshakeRole.Responder, signature, verifier) ? handshake : null;
    }

    private async Task HandAsync<T>(
        NodeId peer, string path, T message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var (http, endpoint, token) = Address(peer);
        var reply = await http.ExchangeAsync(
            PeerHttp.Post(At(endpoint, path), message, type), token, SignalMessagesJson.Default.TakenMessage,
            cancellation);
        if (!reply.Taken) throw PeerException.Malformed();
    }

    /// <exception cref="PeerException">Where no handshake has told yet by what that peer is known.</exception>
    private (PeerHttp Http, Endpoint Endpoint, string? Token) Address(NodeId peer)
    {
        if (peers.Find(peer) is not { Endpoint: { } endpoint } known)
            throw new PeerException(Failure.Unreachable, "no_address");
        // Plain connections within this machine show nothing that could be pinned.
        var identity = known.Identity ?? (endpoint.IsEncrypted ? null : PeerIdentity.Plain)
            ?? throw new PeerException(Failure.NotFound, "not_greeted");
        return (doors.To(peer, endpoint, known.Scope, identity).Http, endpoint, known.Token);
    }

    private static Uri At(Endpoint endpoint, string path) => new(endpoint + path);
}

/// <summary>What a handshake brought: the welcome, where that node answered, and by what it is known there.</summary>
internal sealed record Greeting(WelcomeMessage Welcome, Endpoint At, PeerIdentity Identity);
