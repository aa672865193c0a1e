using System.Text.Json;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Tests.Unit;

namespace Anarchive.Tests.Fuzz;

/// <summary>
/// Payloads of every kind, read and then folded. An input is a byte that chooses the kind, and the payload.
/// </summary>
internal static class PayloadTargets
{
    private const string Agent = "abcdefghij234567";

    private static readonly Kind[] Engine = [.. EngineKinds.OfAuthority.OrderBy(k => k.Name, StringComparer.Ordinal)];
    private static readonly Kind[] Hives = [.. HivesApp.Kinds.OrderBy(k => k.Name, StringComparer.Ordinal)];

    private static readonly string[] Members =
    [
        .. Examples.JsonTokens, "\"agent\"", "\"agent_id\"", "\"name\"", "\"content\"", "\"title\"", "\"url\"",
        "\"voter\"", "\"value\"", "\"after\"", "\"subject\"", "\"keys\"", "\"heirs\"", "\"settings\"", "\"vector\"",
        "\"\\u0076oter\"", "\"reason\"", "\"action\"", "\"add\"", "\"remove\"", "\"ban\"", "\"seq\":-1",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("engine-payload", EngineExamples(), Members, EngineKind),
        FuzzTarget.Of("hive-payload", HiveExamples(), Members, HiveKind),
    ];

    private static IEnumerable<byte[]> EngineExamples()
    {
        var (node, chain) = (Examples.Node.ToString(), Examples.Chain);
        var subject = new AgentSubject(node, Agent);
        var after = new ChainSeq(node, chain.Incarnation.ToString(), 2);
        var head = Wire.Head(chain, new Head(2, new EventId(Hash256.Sha256([1]))));
        yield return Of(EngineKinds.GroupCreated, EngineKinds.Write(new GroupCreated(
            "hive", "members", "per_agent", true, [node], 1,
            new Dictionary<string, string> { ["title"] = "Cats" }, [Examples.Statement])));
        yield return Of(EngineKinds.ChainOpened, EngineKinds.Write(new ChainOpened([Examples.Statement])));
        yield return Of(EngineKinds.NodeAdmitted, EngineKinds.Write(new NodeAdmitted(node, Examples.Text(1))));
        yield return Of(EngineKinds.NodeRemoved, EngineKinds.Write(new NodeRemoved(node, [after])));
        yield return Of(EngineKinds.KeyRotated, EngineKinds.Write(new KeyRotated(Examples.Statement)));
        yield return Of(EngineKinds.ModeratorChanged, EngineKinds.Write(new ModeratorChanged(subject, "add")));
        yield return Of(
            EngineKinds.ModeratorChanged, EngineKinds.Write(new ModeratorChanged(subject, "remove", [after])));
        yield return Of(EngineKinds.EditionPublished, EngineKinds.Write(new EditionPublished(
            Examples.Text(1), Examples.Text(2), [head], Base64UrlText.Encode(new byte[64]), Examples.Text(3))));

        var incarnation = chain.Incarnation.ToString();
        yield return Of(EngineKinds.KeyRecovered, EngineKinds.Write(new KeyRecovered([Examples.Statement], [after])));
        yield return Of(
            EngineKinds.IncarnationEndorsed, EngineKinds.Write(new IncarnationEndorsed(node, incarnation, [after])));
        yield return Of(EngineKinds.HeirsNamed, EngineKinds.Write(new HeirsNamed([node], 1)));
        yield return Of(EngineKinds.OwnerTransferred, EngineKinds.Write(new OwnerTransferred(
            node, [after], [after], [Examples.Statement], Base64UrlText.Encode(new byte[64]))));
        yield return Of(EngineKinds.SuccessionProposed, EngineKinds.Write(new SuccessionProposed(1)));
        yield return Of(EngineKinds.SuccessionVetoed, EngineKinds.Write(new SuccessionVetoed()));
        yield return Of(EngineKinds.SuccessionEndorsed, EngineKinds.Write(new SuccessionEndorsed(Agent, [after])));
        yield return Of(EngineKinds.OwnerSucceeded, EngineKinds.Write(new OwnerSucceeded([after], [after])));

        yield return Of(
            EngineKinds.EditionCountersigned, EngineKinds.Write(new EditionCountersigned(Examples.Text(2))));

        static byte[] Of(Kind kind, byte[] payload) => [(byte)Array.IndexOf(Engine, kind), .. payload];
    }

    private static string EngineKind(byte[] bytes)
    {
        // A longer payload is refused with its header.
        if (bytes.Length is 0 or > Limits.PayloadBytesMax) return FuzzTarget.Refused;
        var kind = Engine[bytes[0] % Engine.Length];
        if (EngineKinds.Schema.Read(kind, bytes.AsSpan(1)) is not { } content) return FuzzTarget.Refused;
        var log = new HiveLog();
        var authority = new Authority();
        authority.Apply(log.Genesis);
        var before = authority.Version;
        // The writer is the owner: what it says counts.
        var e = log.Owner.Write(kind.Name, bytes[1..]);
        authority.Apply(e);
        var members = authority.Members().Count() + authority.Moderators().Count();
        _ = authority.RankAt(e.Header, Agent, e.Ref);
        _ = authority.EndOf(Examples.Chain);
        _ = authority.FloorOf(Examples.Chain);
        _ = authority.AdmissionOf(Examples.Node);
        _ = authority.IsOverruled(Examples.Node, []);
        _ = authority.NewestEdition()?.CountersignedBy.Count;
        var heirs = authority.Heirs.Nodes.Count + authority.Proposals().Count;
        if (content is ChainOpened opened) _ = KeyChain.Read(opened.Keys, new Credulous());
        if (content is KeyRecovered recovered) _ = KeyChain.Read(recovered.Keys, new Credulous());
        if (content is GroupCreated founded) _ = KeyChain.Read(founded.Keys, new Credulous());
        if (content is KeyRotated rotated) _ = KeyChain.HashOf(rotated.Statement);
        return $"{kind} {authority.Version - before} {members} {heirs}";
    }

    private static IEnumerable<byte[]> HiveExamples()
    {
        var agent = new AgentProfile(Agent, "Ada", "https://example.org/a.png");
        var subject = new AgentSubject(Examples.Node.ToString(), Agent);
        var after = new ChainSeq(subject.InstanceId, Examples.Chain.Incarnation.ToString(), 2);
        IHivePayload[] payloads =
        [
            new PostCreated(agent, "Title", "Text", "https://example.org/"),
            new PostUpdated(Agent, "Title", "Text", ""),
            new PostDeleted(Agent, "Spam"), new CommentCreated(agent, "Text"), new CommentUpdated(Agent, "Text"),
            new CommentDeleted(Agent), new VoteCast(Agent, -1), new VoteTallied(3, 2),
            new HiveSettingChanged(Agent, "title", "Cats"), new MembershipChanged(Agent, subject, "ban", [after]),
            new MembershipChanged(Agent, subject, "join"),
        ];
        foreach (var payload in payloads)
        {
            var kind = new Kind(HiveWriter.KindOf(payload));
            yield return [(byte)Array.IndexOf(Hives, kind), .. HivePayloads.Write(payload, out _)!];
        }
    }

    private static string HiveKind(byte[] bytes)
    {
        if (bytes.Length is 0 or > Limits.PayloadBytesMax) return FuzzTarget.Refused;
        var kind = Hives[bytes[0] % Hives.Length];
        var document = bytes.AsSpan(1);
        var read = HivePayloads.ReadPayload(kind, document);
        var strict = Strictly(kind, document);
        var valid = strict is not null && HiveRules.Check(strict) == PayloadFault.None;
        FuzzTarget.Holds(read is not null == valid, "The quick reader and the strict one disagree.");
        if (read is null) return FuzzTarget.Refused;
        var written = HivePayloads.Write(read, out var fault);
        if (written is null) return $"{fault}";
        FuzzTarget.Same(written, HivePayloads.Write(strict!, out _), "");
        var log = new HiveLog();
        var post = log.Owner.Post();
        var rows = new MemoryHiveRows();
        var authority = new Authority();
        var fold = new HiveFold(rows, authority);
        var e = log.Owner.Write(kind.Name, written, post.Ref);
        foreach (var each in log.Events) authority.Apply(each);
        foreach (var each in log.Events) fold.Apply(each);
        fold.Rejudge();
        fold.Apply(e);
        _ = rows.Digest();
        return $"{kind} {fold.TakeErasures().Count}";
    }

    private static IHivePayload? Strictly(Kind kind, ReadOnlySpan<byte> document)
    {
        try
        {
            return HivePayloads.ReadStrictly(kind, document);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
