using System.Security.Cryptography;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Tests;

/// <summary>Signs and checks without curves: SHA-512 of key and message. For tests that are not about keys.</summary>
internal sealed class FakeSigner : ISigner
{
    public FakeSigner(int seed) => PublicKey = new PublicKey(Hash256.Sha256(BitConverter.GetBytes(seed)));

    public PublicKey PublicKey { get; }

    public byte[] Sign(ReadOnlySpan<byte> message) => Of(PublicKey, message);

    internal static byte[] Of(PublicKey key, ReadOnlySpan<byte> message) =>
        SHA512.HashData([.. key.Value.ToArray(), .. message]);
}

/// <summary>The other half of <see cref="FakeSigner"/>.</summary>
internal sealed class FakeVerifier : IVerifier
{
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(FakeSigner.Of(key, message));
}

/// <summary>
/// Valid chains for tests: every event links, every run is signed. The first chain of a group begins with its genesis.
/// </summary>
internal sealed class TestChain
{
    public static readonly Kind Said = new("test_said");

    private readonly ISigner _signer;
    private Hlc _clock = Hlc.FromUnixMs(1_700_000_000_000);

    private TestChain(GroupId group, ChainId id, ISigner signer)
    {
        Group = group;
        Id = id;
        _signer = signer;
    }

    public GroupId Group { get; private set; }

    public ChainId Id { get; }

    public Head Head { get; private set; }

    /// <summary>The chain of a group's founder, and the run that holds its genesis.</summary>
    public static (TestChain Chain, VerifiedBatch Genesis) Found(
        int seed, ulong incarnation = 1, ISigner? signer = null)
    {
        var chain = Create(default, seed, incarnation, signer);
        var genesis = chain.Next("group_created", "{}", []);
        chain.Group = genesis.Header.EffectiveGroup;
        return (chain, Verified(chain.Group, chain.Sign([genesis])));
    }

    /// <summary>A further chain in a group; its first run has seq 1.</summary>
    public static TestChain Open(GroupId group, int seed, ulong incarnation = 1, ISigner? signer = null) =>
        Create(group, seed, incarnation, signer);

    /// <summary>What intake would make of a run.</summary>
    public static VerifiedBatch Verified(GroupId group, Batch run) =>
        new(group, [.. run.Events.Select(e => new VerifiedEvent(group, e, content: null))], run.Signature);

    /// <summary>The next run: so many events that say their seq.</summary>
    public Batch Run(int events, int payloadBytes = 0, string kind = "test_said")
    {
        var run = new Event[events];
        for (var i = 0; i < events; i++)
        {
            var said = $$"""{"said":{{Head.Seq + 1}}}""";
            run[i] = Next(kind, said.PadRight(Math.Max(said.Length, payloadBytes)), []);
        }

        return Sign(run);
    }

    /// <summary>The next run of one event, with refs.</summary>
    public Batch Run(string kind, string payload, params EventRef[] refs) => Sign([Next(kind, payload, refs)]);

    public VerifiedBatch VerifiedRun(int events, int payloadBytes = 0) => Verified(Group, Run(events, payloadBytes));

    /// <summary>Another chain that agrees with this one so far: what comes next on both is a fork.</summary>
    public TestChain Fork() => new(Group, Id, _signer) { Head = Head, _clock = new Hlc(_clock.Value + 1) };

    private static TestChain Create(GroupId group, int seed, ulong incarnation, ISigner? signer)
    {
        signer ??= new FakeSigner(seed);
        return new TestChain(group, new ChainId(signer.PublicKey.AsNodeId(), new Incarnation(incarnation)), signer);
    }

    private Batch Sign(Event[] run) => new(run, _signer.Sign(Batch.SignedBytes(run[^1].Header)));

    private Event Next(string kind, string text, EventRef[] refs)
    {
        _clock = new Hlc(_clock.Value + 1);
        var unique = SHA256.HashData([.. Head.Id.Value.ToArray(), .. BitConverter.GetBytes(_clock.Value)]);
        var salt = unique[..Limits.SaltBytes];
        var payload = new Payload(salt, Encoding.UTF8.GetBytes(text));
        var header = EventHeader.Write(new EventFields
        {
            Kind = new Kind(kind),
            Group = Group,
            Chain = Id,
            Seq = Head.Seq + 1,
            Prev = Head.Id,
            Hlc = _clock,
            PayloadLength = payload.Bytes.Length,
            PayloadHash = payload.Hash(),
            Refs = refs,
        });
        Head = new Head(header.Seq, header.Id);
        return new Event(header, payload);
    }
}
