using System.Text;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests;

/// <summary>A node without network, disk or clock: the production writer over the in-memory store.</summary>
internal sealed class EngineNode
{
    private static readonly FakeVerifier Verifier = new();

    private readonly SeededRandom _random;
    private FakeSigner _signer;

    public EngineNode(int seed, ulong incarnation = 1, MemoryEventStore? store = null)
    {
        Key = new FakeSigner(seed);
        NextKey = new FakeSigner(seed + 1_000);
        RecoveryKey = new FakeSigner(seed + 2_000);
        _signer = Key;
        _random = new SeededRandom(seed);
        Store = store ?? new MemoryEventStore();
        Statements = [Statement(Key, NextKey, Key, null)];
        Core = CreateCore(incarnation);
        Core.Begin(NowMs);
        Core.Commit();
    }

    public FakeSigner Key { get; }

    public FakeSigner NextKey { get; }

    public FakeSigner RecoveryKey { get; }

    public IReadOnlyList<KeyStatement> Statements { get; private set; }

    public MemoryEventStore Store { get; }

    public MemoryEditionFiles Files { get; } = new();

    public WriterCore Core { get; private set; }

    public long NowMs { get; set; } = 1_700_000_000_000;

    public NodeId Id => Core.Self;

    public VersionVector Vector(GroupId group) => Snapshot(group).Durable;

    public GroupSnapshot Snapshot(GroupId group) => Core.Snapshots().Single(s => s.Group.Id == group);

    /// <summary>Starts again from the store, as a new process would.</summary>
    public void Restart(ulong incarnation = 1)
    {
        Store.Crash();
        Core = CreateCore(incarnation);
    }

    public GroupId Found(string votePrivacy = "per_agent", bool moderatorsAdmit = false)
    {
        var genesis = new GroupCreated(
            "hive", "members", votePrivacy, moderatorsAdmit, [], 0, new Dictionary<string, string>(), Statements);
        return Ask(new WriterRequest.Found(EngineKinds.Write(genesis), "hive", "members"));
    }

    public void Follow(GroupId group) =>
        Ask(new WriterRequest.Follow(new StoredGroup(group, "hive", "members")));

    public void Admit(GroupId group, EngineNode other) =>
        Write(group, new Draft(
            EngineKinds.NodeAdmitted,
            EngineKinds.Write(new NodeAdmitted(
                other.Id.ToString(), Base64UrlText.Encode(KeyChain.HashOf(other.Statements[0])!.Value.ToArray()))),
            []));

    /// <summary>Joins a group of another node: admitted there, followed and backfilled here.</summary>
    public void Join(GroupId group, EngineNode owner)
    {
        owner.Admit(group, this);
        Follow(group);
        PullAll(group, owner);
    }

    public IReadOnlyList<EventRef> Write(GroupId group, params Draft[] drafts) =>
        Ask(new WriterRequest.Write(group, drafts));

    public EventRef Say(GroupId group, string text, params EventRef[] refs) =>
        Write(group, new Draft(TestChain.Said, Encoding.UTF8.GetBytes(text), refs))[0];

    /// <summary>Changes this node's key on its chain in one group, as pre-rotation demands.</summary>
    public EventRef Rotate(GroupId group, FakeSigner next, FakeSigner afterNext)
    {
        var statement = Statement(next, afterNext, _signer, null);
        var written = Write(group, new Draft(EngineKinds.KeyRotated, EngineKinds.Write(new KeyRotated(statement)), []));
        Statements = [.. Statements, statement];
        Core = CreateCore(Core.OwnChain.Incarnation.Value, next);
        return written[0];
    }

    /// <summary>
    /// Goes on under another key and incarnation: by rotation, or by the recovery key where a signer is given.
    /// </summary>
    public void Rekey(FakeSigner next, FakeSigner afterNext, ulong incarnation, FakeSigner? recovery = null)
    {
        var statement = Statement(next, afterNext, recovery ?? _signer, recovery);
        Statements = recovery is null ? [.. Statements, statement] : [Statements[0], statement];
        Core = CreateCore(incarnation, next);
        Core.Begin(NowMs);
        Core.OpenRekeyed();
        Core.Commit();
    }

    public IntakeReport Receive(GroupId group, NodeId from, params IReadOnlyList<Batch> batches)
    {
        var schema = HivesApp.Schema;
        var refused = new List<RefusedRun>();
        var passed = new List<CheckedBatch>();
        foreach (var batch in batches)
        {
            var key = Snapshot(group).Keys.TryGetValue(batch.Chain, out var known) ? known : (PublicKey?)null;
            if (BatchCheck.Check(group, batch, schema, Verifier, key, out var why) is { } ok) passed.Add(ok);
            else refused.Add(new RefusedRun(batch.Chain, batch.FirstSeq, why));
        }

        var request = new WriterRequest.Receive(group, from, passed);
        request.Refused.AddRange(refused);
        return Ask(request);
    }

    public bool ReceiveFork(GroupId group, ReadOnlyMemory<byte> proof) =>
        Ask(new WriterRequest.AddFork(group, ForkProof.TryRead(proof)!));

    public Hash256 Compact(GroupId group) => Ask(new WriterRequest.Compact(group, dryRun: false)).File;

    /// <summary>Takes a file over as if a peer had sent it.</summary>
    public EditionFault Import(GroupId group, EditionText file)
    {
        Files.Saved[file.Seal.Name] = file;
        var edition = Core.Check(Snapshot(group).Group, file.Seal.Name, out var fault);
        if (edition is not null) fault = Ask(new WriterRequest.Import(edition));
        if (fault != EditionFault.None) Files.Delete(group, file.Seal.Name);
        return fault;
    }

    public void Tick() => Ask(new WriterRequest.Tick());

    /// <summary>All that this node holds of a chain after a seq, in runs of at most so many events.</summary>
    public IEnumerable<Batch> Runs(GroupId group, ChainId chain, long after = 0, int eventsMax = 512)
    {
        while (Store.Committed.Read(group, chain, after, eventsMax, Limits.BatchBytesMax) is { } run)
        {
            yield return run;
            after = run.LastSeq;
        }
    }

    /// <summary>Takes over everything another node may show, chain by chain.</summary>
    public void PullAll(GroupId group, EngineNode from)
    {
        foreach (var (chain, _) in from.Vector(group).Heads)
            Receive(group, from.Id, [.. from.Runs(group, chain, Vector(group).SeqOf(chain))]);
    }

    private T Ask<T>(WriterRequest.Returning<T> request)
    {
        Core.Begin(NowMs);
        var taken = Core.Take(request);
        Core.Commit();
        // A request that was not taken has been refused already.
        return taken ? request.Result! : throw request.Task.Exception!.InnerException!;
    }

    private WriterCore CreateCore(ulong incarnation, FakeSigner? key = null) => new(
        Store,
        Files,
        () => throw new InvalidOperationException("There is no database here."),
        [],
        Verifier,
        _random,
        new WriterIdentity(
            _signer = key ?? Key, Statements, new ChainId(Key.PublicKey.AsNodeId(), new Incarnation(incarnation))),
        () => new Incarnation(incarnation + 1));

    private KeyStatement Statement(FakeSigner key, FakeSigner next, FakeSigner signer, FakeSigner? recovery)
    {
        var nextHash = KeyChain.Commitment(next.PublicKey);
        var recoveryHash = KeyChain.Commitment(RecoveryKey.PublicKey);
        var signed = KeyChain.SignedBytes(
            Key.PublicKey.AsNodeId(), key.PublicKey, nextHash, recoveryHash, recovers: recovery is not null);
        return new KeyStatement(
            Base64UrlText.Encode(key.PublicKey.Value.ToArray()),
            Base64UrlText.Encode(nextHash.ToArray()),
            Base64UrlText.Encode(recoveryHash.ToArray()),
            Base64UrlText.Encode(signer.Sign(signed)),
            recovery is null ? null : Base64UrlText.Encode(recovery.PublicKey.Value.ToArray()));
    }

    private sealed class SeededRandom(int seed) : IRandomSource
    {
        private readonly Random _random = new(seed);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}

/// <summary>Editions in memory.</summary>
internal sealed class MemoryEditionFiles : IEditionFiles
{
    public Dictionary<Hash256, EditionText> Saved { get; } = [];

    public EditionSeal Save(GroupId group, IEnumerable<ReadOnlyMemory<byte>> lines, Func<Hash256, byte[]> sign)
    {
        var file = EditionText.Of(lines.Select(line => line.ToArray()), sign);
        Saved[file.Seal.Name] = file;
        return file.Seal;
    }

    public EditionSeal? SealOf(GroupId group, Hash256 file) => Saved.GetValueOrDefault(file)?.Seal;

    public IEnumerable<ReadOnlyMemory<byte>> Lines(GroupId group, Hash256 file) =>
        Saved[file].Lines.Select(line => (ReadOnlyMemory<byte>)line);

    public void Delete(GroupId group, Hash256 file) => Saved.Remove(file);
}

/// <summary>An edition's lines and the seal over them.</summary>
internal sealed record EditionText(IReadOnlyList<byte[]> Lines, EditionSeal Seal)
{
    public Edition Edition => EditionFile.TryRead(Lines[0])!;

    public IReadOnlyList<Event> Events => [.. Lines.Skip(1).Select(line => EditionFile.TryReadEvent(line)!)];

    public static EditionText Of(IEnumerable<byte[]> lines, Func<Hash256, byte[]> sign)
    {
        var all = lines.ToArray();
        using var maker = new EditionSeal.Maker();
        foreach (var line in all)
        {
            maker.Add(line);
            maker.Add("\n"u8);
        }

        return new EditionText(all, maker.Finish(sign));
    }

    /// <summary>An edition of those events, signed with that key.</summary>
    public static EditionText Of(Edition edition, IEnumerable<Event> events, FakeSigner key) =>
        Of([EditionFile.Write(edition), .. events.Select(Line)], name => key.Sign(edition.SignedBytes(name)));

    private static byte[] Line(Event e)
    {
        var line = new System.Buffers.ArrayBufferWriter<byte>();
        EditionFile.Write(e, line);
        return line.WrittenSpan.ToArray();
    }
}
