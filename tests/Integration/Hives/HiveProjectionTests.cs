using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Unit;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The projection over a real file, against the rows in memory.</summary>
public sealed class HiveProjectionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Stack<IDisposable> _open = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    public void Dispose()
    {
        Close();
        _directory.Dispose();
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_random_history_has_one_digest_in_memory_and_on_disk(int seed)
    {
        var log = History(seed);
        var disk = Fold(log, seed);
        Assert.Equal(FoldedHive.Of(InOrder(log, seed)).Digest, disk.Digest(log.Group));
        CountsAreThoseOfTheRows(disk);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_rebuild_from_the_log_equals_the_live_state(int seed)
    {
        var log = History(seed);
        var live = Fold(log, seed);
        var before = live.Digest(log.Group);
        Close();
        var rebuilt = Open();
        rebuilt.Projection.Clear(log.Group);
        foreach (var batch in rebuilt.Stored(log.Group)) rebuilt.Apply(batch);
        rebuilt.Commit();
        Assert.Equal(before, rebuilt.Digest(log.Group));
        CountsAreThoseOfTheRows(rebuilt);
    }

    [Fact]
    public void A_hive_of_thousands_of_rows_has_one_digest_in_memory_and_on_disk()
    {
        var log = new HiveLog();
        var posts = Enumerable.Range(0, 1_500).Select(n => log.Owner.Post($"Post {n}")).ToArray();
        foreach (var post in posts) log.Owner.Vote(post.Ref, 1);
        Assert.Equal(FoldedHive.Of(log.Events).Digest, Fold(log, 1).Digest(log.Group));
    }

    [Fact]
    public void A_hive_of_which_nothing_has_come_yet_has_the_digest_of_no_rows()
    {
        var disk = Open();
        var log = new HiveLog();
        disk.Store.AddGroup(new StoredGroup(log.Group, HivesApp.GroupKind, HivesApp.DefaultRing));
        disk.Store.Commit();
        Assert.Equal(new MemoryHiveRows().Digest(), disk.Digest(log.Group));
    }

    [Fact]
    public void Clearing_one_hive_leaves_the_rows_of_another()
    {
        var (first, second) = (History(3), History(4));
        var disk = Fold(first, 3);
        disk.Take(second, 4);
        var kept = disk.Digest(second.Group);
        disk.Projection.Clear(first.Group);
        disk.Commit();
        Assert.Equal(kept, disk.Digest(second.Group));
        Assert.Equal(new MemoryHiveRows().Digest(), disk.Digest(first.Group));
    }

    [Fact]
    public void A_deleted_text_is_nowhere_in_the_file()
    {
        var log = new HiveLog();
        var post = log.Owner.Post("Xylographer");
        var edit = log.Owner.EditPost(post.Ref, content: "Zymurgist");
        var disk = Open();
        disk.Take(log, 1);
        log.Owner.DeletePost(post.Ref);
        disk.Take(log, 1);
        Assert.True(disk.Store.Find(log.Group, post.Ref.Position)!.IsHollow);
        Assert.True(disk.Store.Find(log.Group, edit.Ref.Position)!.IsHollow);
        disk.Database.Writer.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var bytes = File.ReadAllBytes(_directory.At("node.db"));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("Xylographer"u8));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("Zymurgist"u8));
    }

    private static void CountsAreThoseOfTheRows(Disk disk) =>
        Assert.Equal(
            disk.Database.Writer.QuerySingle<(long, long)>(
                """
                SELECT count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 2)
                FROM hive_items WHERE own_tombstone = 0 AND rank_tombstones = 0
                """),
            disk.Database.Writer.QuerySingle<(long, long)>("SELECT posts, comments FROM hive_counts"));

    private static HiveLog History(int seed)
    {
        var random = new Random(seed);
        return RandomHive.Write([.. Enumerable.Range(0, 120).Select(_ => random.Next(1 << 20))], seed);
    }

    /// <summary>Chains stay in order, as intake leaves them; their interleaving is the seed's.</summary>
    private static IEnumerable<VerifiedEvent> InOrder(HiveLog log, int seed)
    {
        var random = new Random(seed);
        var chains = log.Events.GroupBy(e => e.Header.Chain).Select(c => new Queue<VerifiedEvent>(c)).ToList();
        while (chains.Count > 0)
        {
            var chain = chains[random.Next(chains.Count)];
            yield return chain.Dequeue();
            if (chain.Count == 0) chains.Remove(chain);
        }
    }

    private Disk Fold(HiveLog log, int seed)
    {
        var disk = Open();
        disk.Take(log, seed);
        return disk;
    }

    private Disk Open()
    {
        var disk = new Disk(Database.Open(_directory.At("node.db")));
        _open.Push(disk);
        return disk;
    }

    private void Close()
    {
        while (_open.TryPop(out var opened)) opened.Dispose();
    }

    /// <summary>Store and projection as the writer drives them.</summary>
    private sealed class Disk(Database database) : IDisposable
    {
        private static readonly byte[] Unchecked = new byte[BatchFraming.SignatureBytes];

        private readonly Dictionary<GroupId, Authority> _authorities = [];
        private readonly HashSet<(GroupId, Position)> _taken = [];

        public Database Database => database;

        public SqliteEventStore Store { get; } = new(database);

        public HiveProjection Projection => field ??= new HiveProjection(database, Store);

        public void Take(HiveLog log, int seed)
        {
            Store.AddGroup(new StoredGroup(log.Group, HivesApp.GroupKind, HivesApp.DefaultRing));
            var random = new Random(seed);
            foreach (var e in InOrder(log, seed))
            {
                if (!_taken.Add((log.Group, e.Ref.Position))) continue;
                var batch = new VerifiedBatch(log.Group, [e], Unchecked);
                Store.Append(batch);
                Apply(batch);
                if (random.Next(4) == 0) Commit();
            }

            Commit();
        }

        public void Apply(VerifiedBatch batch)
        {
            if (!_authorities.TryGetValue(batch.Group, out var authority))
                _authorities[batch.Group] = authority = new Authority();
            foreach (var e in batch.Events) authority.Apply(e);
            Projection.Apply(batch, authority);
        }

        public void Commit()
        {
            Projection.Flush();
            foreach (var (group, position) in Projection.TakeErasures()) Store.Erase(group, position);
            Store.Commit();
        }

        public Hash256 Digest(GroupId group) =>
            new HiveDigests(database, new HiveChains(database)).Of(group, VersionVector.Empty, 0);

        public List<VerifiedBatch> Stored(GroupId group)
        {
            var batches = new List<VerifiedBatch>();
            foreach (var chain in Store.Chains(group))
            {
                var after = 0L;
                while (Store.Read(group, chain.Chain, after, 7, int.MaxValue) is { } run)
                {
                    batches.Add(new VerifiedBatch(group, [.. run.Events.Select(e => Read(group, e))], Unchecked));
                    after = run.LastSeq;
                }
            }

            return batches;
        }

        public void Dispose()
        {
            Projection.Dispose();
            Store.Dispose();
            database.Dispose();
        }

        private static VerifiedEvent Read(GroupId group, Event e)
        {
            object? content = null;
            if (e.Payload is { } payload)
                content = HivesApp.Schema.Read(e.Header.Kind, payload.Bytes.Span)
                    ?? EngineKinds.Schema.Read(e.Header.Kind, payload.Bytes.Span);
            return new VerifiedEvent(group, e, content);
        }
    }
}
