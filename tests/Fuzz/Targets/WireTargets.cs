using System.IO.Compression;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Endpoint = Anarchive.Log.Endpoint;

namespace Anarchive.Tests.Fuzz;

/// <summary>What one node says to another.</summary>
internal static class WireTargets
{
    private static readonly WireHead Head = Wire.Head(
        Examples.Chain, new Head(2, Examples.Batches[0].Events[^1].Header.Id));

    private static readonly string[] Members =
    [
        .. Examples.JsonTokens, "\"step\"", "\"hello\"", "\"proof\"", "\"keys\"", "\"vector\"", "\"seq\"", "\"origin\"",
        "\"changed\"", "\"credit\"", "\"known_peers\"", "\"invite\"", "\"forks\"", "\"versions\"", "\"events\"",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Message("wire-handshake", SyncJson.Default.HandshakeMessage, Handshaken,
        [
            new HelloMessage(
                Examples.Node.ToString(), [Examples.Statement], Examples.Text(4), [1, 2], Examples.Text(7), "id"),
            new ProofMessage("s", Base64UrlText.Encode(new byte[64]), Examples.Text(5), "http://127.0.0.1:7420",
                [Examples.Group.ToString()], new InviteProof("id", Examples.Text(6))),
        ]),
        Message("wire-challenge", SyncJson.Default.ChallengeMessage, m => Keys(m.Keys),
        [
            new ChallengeMessage(
                "challenge", "s", Examples.Node.ToString(), [Examples.Statement], Examples.Text(4), 1, "x"),
        ]),
        Message("wire-welcome", SyncJson.Default.WelcomeMessage, m => Heads(m.Groups.SelectMany(g => g.Vector)),
        [
            new WelcomeMessage(
                "t", 1, [new WelcomeGroup(Examples.Group.ToString(), [Head], "cats")], WireCredit.Full),
        ]),
        Message("wire-heartbeat", SyncJson.Default.HeartbeatMessage, Heard,
        [
            new HeartbeatMessage(Examples.Node.ToString(), 1,
                [new WireGroup(Examples.Group.ToString(), Examples.Text(7), [Head], WireCredit.None)],
                [new WireKnownPeer(Base64UrlText.Encode(new byte[160]), 2)],
                [Wire.Place(Examples.Chain, 3)]),
        ]),
        Message("wire-push-reply", SyncJson.Default.PushReply, m => Heads(m.Vector),
        [
            new PushReply([Head], [new WireParked(Head.Origin, Head.Incarnation, 2, Wire.Place(Examples.Chain, 3))],
                [new WireRefused(Head.Origin, Head.Incarnation, 2, "gap")], WireCredit.Full),
        ]),
        Message("wire-status", SyncJson.Default.StatusReply, m => Heads(m.Vector),
            [new StatusReply([Head], Examples.Text(1), Examples.Text(2), 0, 0, 0, null)]),
        Message("wire-errors", SyncJson.Default.BehindReply, m => Heads(m.Vector),
            [new BehindReply(new ErrorCode("behind_edition"), Examples.Text(1), [Head])]),
        FuzzTarget.Of("version-vector", [Vector(1), Vector(3)], Members, VectorOf),
        FuzzTarget.Of("body-binary",
            [[.. Examples.Batches.SelectMany(Examples.Frame)]], ["ANE1", "\u0001"], b => Body(b, false)),
        FuzzTarget.Of("body-json",
            [
                Examples.Json(
                    [.. Examples.Batches.Select(b => Wire.ToJson(b)!)], SyncJson.Default.IReadOnlyListWireBatch),
            ],
            Members, b => Body(b, true)),
        new("body-gzip", [Zipped(new byte[100]), Zipped(new byte[4 * 1024 * 1024])], ["\u001f", "\0\0"], UnzipAsync),
        FuzzTarget.Of("pull-query",
            [Examples.Utf8($"want={Wire.Place(Examples.Chain, 3)}&events=8&bytes=9"), Examples.Utf8("only=x")],
            ["&want=", "&only=", "&events=", "&bytes=", "%2e", "0", "9007199254740992", Wire.Place(Examples.Chain, 0)],
            Query),
        FuzzTarget.Of("places", Places(), [".", "clock.", "an1", "ag1", "0", "9007199254740992"], Place),
    ];

    private static FuzzTarget Message<T>(
        string name, JsonTypeInfo<T> type, Func<T, string> use, IEnumerable<T> examples)
        where T : class =>
        FuzzTarget.Of(name, examples.Select(m => Examples.Json(m, type)), Members, bytes =>
        {
            if (Wire.TryRead(bytes, type) is not { } message) return FuzzTarget.Refused;
            var written = Examples.Json(message, type);
            var again = Wire.TryRead(written, type)
                ?? throw new InvalidOperationException("What was read and written is refused.");
            return FuzzTarget.Same(written, Examples.Json(again, type), "read " + use(message));
        });

    private static string Handshaken(HandshakeMessage message)
    {
        if (message is not HelloMessage hello)
            return Endpoint.TryParse(((ProofMessage)message).Endpoint) is null ? "no endpoint" : "proof";
        if (Handshake.Choose(hello.Versions) is not { } version) return "no version";
        var side = new HandshakeSide(Examples.Node, default, default);
        var transcript = new Handshake(side, side, hello.Versions, version).Transcript;
        return $"{transcript.Length} {Keys(hello.Keys)}";
    }

    private static string Heard(HeartbeatMessage message)
    {
        foreach (var peer in message.KnownPeers)
            if (Base64UrlText.Decode(peer.Record) is { } record) _ = PeerRecord.TryRead(record, 0, new Credulous());
        var places = message.Forks.Count(f => Wire.TryReadPlace(f) is not null);
        return $"{places} {Heads(message.Groups.SelectMany(g => g.Changed))}";
    }

    private static string Keys(IReadOnlyList<KeyStatement> statements) =>
        KeyChain.Read(statements, new Credulous()) is null ? "no keys" : "keys";

    private static string Heads(IEnumerable<WireHead> heads) =>
        Wire.TryReadHeads([.. heads]) is { } read ? $"{VersionVector.From(read).Count} heads" : "no heads";

    private static byte[] Vector(int chains) => Examples.Json(
        new LeaveReply([
            .. Enumerable.Range(0, chains).Select(n => Wire.Head(
                new ChainId(Examples.Node, new Incarnation((ulong)n)),
                new Head(n + 1, new EventId(Hash256.Sha256([1]))))),
        ]),
        SyncJson.Default.LeaveReply);

    private static string VectorOf(byte[] bytes)
    {
        if (Wire.TryRead(bytes, SyncJson.Default.LeaveReply) is not { } reply) return FuzzTarget.Refused;
        if (Wire.TryReadHeads(reply.Vector) is not { } heads) return "no heads";
        var vector = VersionVector.From(heads);
        var back = VersionVector.From(Wire.TryReadHeads(Wire.Heads(vector.Heads)) ?? []);
        FuzzTarget.Holds(back.Digest() == vector.Digest(), "A vector does not survive being written.");
        FuzzTarget.Holds(vector.Join(back).Digest() == vector.Digest(), "Joining a vector with itself changes it.");
        FuzzTarget.Holds(!vector.IsAheadOf(back) && vector.EventsAheadOf(back) == 0, "A vector is ahead of itself.");
        FuzzTarget.Holds(vector.Events >= 0, "A count of events is below zero.");
        return $"{vector.Count}";
    }

    private static string Body(byte[] bytes, bool json)
    {
        if (SyncBody.Batches(bytes, json, out var refusal) is not { } batches) return refusal.Code();
        var framed = batches.SelectMany(Examples.Frame).ToArray();
        var again = SyncBody.Batches(framed, json: false, out _);
        FuzzTarget.Holds(again?.Count == batches.Count, "What was read is refused in its binary form.");
        if (!json) FuzzTarget.Same(bytes, framed, "");
        return $"{batches.Count}";
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return zipped.ToArray();
    }

    private static async ValueTask<string> UnzipAsync(byte[] bytes)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(bytes);
        context.Request.Headers.ContentEncoding = "gzip";
        var (read, code) = await SyncBody.ReadAsync(context.Request, SyncBody.MessageBytesMax);
        FuzzTarget.Holds(read.Length <= SyncBody.MessageBytesMax, "More was unpacked than may be.");
        return code ?? (read.Length == 0 ? "empty" : "read");
    }

    private static string Query(byte[] bytes)
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes)));
        if (PullQuery.TryRead(query) is not { } read) return "malformed";
        FuzzTarget.Holds(read.Wants.Count is > 0 and <= Limits.WantsMax, "More is wanted than may be.");
        FuzzTarget.Holds(read.EventsMax <= Limits.CreditEvents && read.BytesMax <= Limits.CreditBytes, "Too much.");
        FuzzTarget.Holds(read.Wants.All(w => w.After is >= 0 and <= Limits.SeqMax), "A place that no chain has.");
        return $"{read.Wants.Count} {read.IsOnly}";
    }

    private static IEnumerable<byte[]> Places() =>
        new[]
        {
            Wire.Place(Examples.Chain, 3), Examples.Group.ToString(), Examples.Node.ToString(),
            Examples.Chain.Incarnation.ToString(), "17", Examples.Text(1),
        }.Select(Examples.Utf8);

    private static string Place(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var (read, written) = ("nothing", text);
        if (Wire.TryReadPlace(text) is var (chain, seq)) (read, written) = ("place", Wire.Place(chain, seq));
        else if (NodeId.TryParse(text, out var node)) (read, written) = ("node", node.ToString());
        else if (GroupId.TryParse(text, out var group)) (read, written) = ("group", group.ToString());
        else if (Incarnation.TryParse(text, out var which)) (read, written) = ("incarnation", which.ToString());
        else if (Wire.TryReadNumber(text) is { } number) (read, written) = ("number", $"{number}");
        else if (Base64UrlText.Decode(text) is { } raw) (read, written) = ("base64url", Base64UrlText.Encode(raw));
        var whole = new byte[text.Length * 5 / 8];
        if (Base32.TryDecode(text, whole)) FuzzTarget.Holds(Base32.Encode(whole) == text, "Two spellings in base32.");
        FuzzTarget.Holds(written == text, $"Two spellings of a {read}.");
        return read;
    }
}
