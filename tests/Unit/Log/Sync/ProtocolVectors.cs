using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Unit;

/// <summary>Computes the vectors that docs/protocol.md cites, from fixed keys, salts and times.</summary>
internal static class ProtocolVectors
{
    private static readonly VectorSigner Alice = new(1);
    private static readonly VectorSigner Bob = new(2);

    public static IReadOnlyDictionary<string, Func<JsonObject>> All { get; } = new Dictionary<string, Func<JsonObject>>
    {
        ["text-forms"] = TextForms,
        ["header"] = Header,
        ["framing"] = Framing,
        ["handshake"] = HandshakeOf,
        ["invite"] = Invite,
        ["pairing"] = Pairing,
        ["peer-record"] = Record,
        ["request"] = Request,
        ["vector"] = Vector,
    };

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static JsonObject TextForms() => new()
    {
        ["public_key"] = Hex(Alice.PublicKey.Value.ToArray()),
        ["node_id"] = Hex(Alice.PublicKey.AsNodeId().Value.ToArray()),
        ["node_id_text"] = Alice.PublicKey.AsNodeId().ToString(),
        ["group_id"] = Hex(Genesis().Header.Id.Value.ToArray()),
        ["group_id_text"] = Genesis().Header.EffectiveGroup.ToString(),
        ["incarnation"] = new Incarnation(0xabcdef).ToString(),
    };

    private static JsonObject Header()
    {
        var (genesis, second) = (Genesis(), Second());
        return new JsonObject
        {
            ["genesis_header"] = Hex(genesis.Header.Bytes.Span),
            ["genesis_id"] = genesis.Header.Id.ToString(),
            ["header"] = Hex(second.Header.Bytes.Span),
            ["salt"] = Hex(second.Payload!.Value.Salt.Span),
            ["payload"] = Encoding.UTF8.GetString(second.Payload!.Value.Bytes.Span),
            ["payload_hash"] = second.Header.PayloadHash.ToString(),
            ["id"] = second.Header.Id.ToString(),
            ["signed_bytes"] = Hex(Batch.SignedBytes(second.Header)),
            ["signature"] = Hex(Alice.Sign(Batch.SignedBytes(second.Header))),
        };
    }

    private static JsonObject Framing()
    {
        var batch = new Batch([Genesis(), Second()], Alice.Sign(Batch.SignedBytes(Second().Header)));
        var hollow = new Batch([new Event(Second().Header, null)], batch.Signature);
        return new JsonObject { ["batch"] = Hex(Frame(batch)), ["hollow_batch"] = Hex(Frame(hollow)) };
    }

    private static JsonObject HandshakeOf()
    {
        var handshake = new Handshake(
            Side(Bob, 0x11) with { Certificate = new Hash256(Fill(32, 0x66)) },
            Side(Alice, 0x22) with { Certificate = new Hash256(Fill(32, 0x55)) },
            [1],
            1);
        return new JsonObject
        {
            ["caller_seed"] = Hex(Bob.Seed),
            ["responder_seed"] = Hex(Alice.Seed),
            ["caller_nonce"] = Hex(handshake.Caller.Nonce.ToArray()),
            ["responder_nonce"] = Hex(handshake.Responder.Nonce.ToArray()),
            ["caller_certificate"] = Hex(handshake.Caller.Certificate.ToArray()),
            ["responder_certificate"] = Hex(handshake.Responder.Certificate.ToArray()),
            ["to"] = Hex(Handshake.Addressee(Alice.PublicKey.AsNodeId(), handshake.Caller.Nonce).ToArray()),
            ["transcript"] = Hex(handshake.Transcript),
            ["caller_signature"] = Hex(handshake.Sign(HandshakeRole.Caller, Bob)),
            ["responder_signature"] = Hex(handshake.Sign(HandshakeRole.Responder, Alice)),
            ["invite_secret"] = Hex(Fill(32, 0x33)),
            ["invite_mac"] = Hex(handshake.InviteMac(Fill(32, 0x33))),
        };
    }

    private static JsonObject Invite()
    {
        var invite = new InviteText(
            Endpoint.TryParse("http://127.0.0.1:7420")!,
            Alice.PublicKey.AsNodeId(),
            Genesis().Header.EffectiveGroup,
            Fill(16, 0x44),
            Fill(32, 0x33));
        return new JsonObject
        {
            ["endpoint"] = invite.Endpoint.ToString(),
            ["node"] = invite.Issuer.ToString(),
            ["group"] = invite.Group.ToString(),
            ["id"] = Hex(invite.Id.Span),
            ["secret"] = Hex(invite.Secret.Span),
            ["text"] = invite.Write(),
        };
    }

    private static JsonObject Pairing()
    {
        var handshake = new Handshake(Side(Bob, 0x11), Side(Alice, 0x22), [1], 1);
        var invite = new InviteText(
            InviteKind.Friend,
            Endpoint.TryParse("https://192.0.2.1:7421")!,
            Alice.PublicKey.AsNodeId(),
            default,
            Fill(16, 0x44),
            Fill(32, 0x33));
        return new JsonObject
        {
            ["text"] = invite.Write(),
            ["opening"] = Hex(Fill(32, 0x77)),
            ["commitment"] = Hex(PairingWords.Commit(Fill(32, 0x77)).ToArray()),
            ["transcript"] = Hex(handshake.Transcript),
            ["words"] = PairingWords.Of(handshake, Fill(32, 0x77)),
            ["list"] = string.Join(' ', PairingWords.List),
        };
    }

    private static JsonObject Record() => new()
    {
        ["expires_ms"] = 1_700_000_000_000,
        ["endpoint"] = "http://127.0.0.1:7420",
        ["record"] = Hex(PeerRecord.Sign(
            Endpoint.TryParse("http://127.0.0.1:7420")!, 1_700_000_000_000, Alice).Bytes.Span),
    };

    private static JsonObject Request()
    {
        const string Target = "/sync/v1/groups/ag1/events?want=a.b.1&events=2";
        var body = "body"u8.ToArray();
        var (sender, nonce) = (Bob.PublicKey.AsNodeId(), Fill(16, 0x55));
        var request = SignedRequest.Of("POST", Target, Hash256.Sha256(body), Alice.PublicKey)!;
        return new JsonObject
        {
            ["sender_seed"] = Hex(Bob.Seed),
            ["recipient_key"] = Hex(Alice.PublicKey.Value.ToArray()),
            ["method"] = "POST",
            ["target"] = Target,
            ["body"] = Hex(body),
            ["created_ms"] = 1_700_000_000_000,
            ["nonce"] = Hex(nonce),
            ["signed_bytes"] = Hex(request.SignedBytes(sender, 1_700_000_000_000, nonce)),
            ["header"] = request.Sign(sender, 1_700_000_000_000, nonce, Bob).ToString(),
        };
    }

    private static JsonObject Vector()
    {
        var head = new Head(2, Second().Header.Id);
        var vector = VersionVector.Empty.With(Second().Header.Chain, head);
        return new JsonObject
        {
            ["origin"] = Second().Header.Origin.ToString(),
            ["incarnation"] = Second().Header.Chain.Incarnation.ToString(),
            ["seq"] = 2,
            ["head"] = Base64UrlText.Encode(head.Id.Value.ToArray()),
            ["digest"] = Base64UrlText.Encode(vector.Digest().ToArray()),
            ["empty_digest"] = Base64UrlText.Encode(VersionVector.Empty.Digest().ToArray()),
        };
    }

    private static Event Genesis() => Event("group_created", default, 1, default, "{}", []);

    private static Event Second()
    {
        var genesis = Genesis().Header;
        return Event("test_said", genesis.EffectiveGroup, 2, genesis.Id, """{"text":"hello"}""", [genesis.Ref]);
    }

    private static Event Event(
        string kind, GroupId group, long seq, EventId prev, string text, IReadOnlyList<EventRef> refs)
    {
        var payload = new Payload(Fill(16, (byte)seq), Encoding.UTF8.GetBytes(text));
        return new Event(
            EventHeader.Write(new EventFields
            {
                Kind = new Kind(kind),
                Group = group,
                Chain = new ChainId(Alice.PublicKey.AsNodeId(), new Incarnation(0xabcdef)),
                Seq = seq,
                Prev = prev,
                Hlc = new Hlc(Hlc.FromUnixMs(1_700_000_000_000).Value + (ulong)seq),
                PayloadLength = payload.Bytes.Length,
                PayloadHash = payload.Hash(),
                Refs = refs,
            }),
            payload);
    }

    private static HandshakeSide Side(VectorSigner signer, byte nonce) =>
        new(signer.PublicKey.AsNodeId(), signer.PublicKey, new Hash256(Fill(32, nonce)));

    private static byte[] Fill(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    private static byte[] Frame(Batch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Ed25519 with the seed of 32 equal bytes.</summary>
    private sealed class VectorSigner : ISigner
    {
        private readonly byte[] _secret;

        public VectorSigner(byte seed)
        {
            Seed = Fill(32, seed);
            (PublicKey, _secret) = Sodium.KeyPair(Seed);
        }

        public byte[] Seed { get; }

        public PublicKey PublicKey { get; }

        public byte[] Sign(ReadOnlySpan<byte> message) => Sodium.Sign(message, _secret);
    }
}
