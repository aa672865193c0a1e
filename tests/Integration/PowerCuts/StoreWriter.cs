using System.Globalization;
using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// The recorded program: a node that founds a hive, writes, edits, deletes, compacts and rotates its key, and takes a
/// second hive over from another node, whose disk is not watched. What it acknowledges it writes down.
/// </summary>
internal static class StoreWriter
{
    public const string Name = "store-writer";

    /// <summary>The data directory, below what is watched.</summary>
    public const string Home = "home";

    /// <summary>Passes the value of PRAGMA synchronous to the recorded program alone.</summary>
    public const string Synchronous = "STOREWRITER_SYNCHRONOUS";

    /// <summary>Passes how long to go on.</summary>
    public const string Rounds = "STOREWRITER_ROUNDS";

    // Small, so that checkpoints come often; the product's own value would need 65 MB of log for one.
    private const int CheckpointPages = 60;

    public static async Task Run()
    {
        try
        {
            var rounds = int.Parse(DiskWatch.Passed(Rounds), CultureInfo.InvariantCulture);
            await Write(rounds);
        }
        catch (Exception stopped) when (DiskWatch.FailsSync && NthCallCampaign.IsClean(stopped))
        {
            // The trace tells what it had said by then.
        }
    }

    private static async Task Write(int rounds)
    {
        var root = DiskWatch.Passed("DISKWATCH_ROOT");
        await using var acks = File.OpenWrite(Path.Combine(root, Recording.AckFile));
        await using var other = new HiveNode();
        await other.InitializeAsync();
        var foreign = await Fill(other, rounds * 3);
        await using var node = new HiveNode(Path.Combine(root, Home))
        {
            Prepare = database => database.Writer.Execute(
                $"PRAGMA synchronous={DiskWatch.Passed(Synchronous)}; PRAGMA wal_autocheckpoint={CheckpointPages}"),
        };
        await node.InitializeAsync();
        var ann = await node.AgentAsync("ann");
        var cats = await node.HiveAsync(ann);
        await node.Writer.FollowAsync(foreign, "hive", "members", HiveNode.Cancellation);
        for (var round = 0; round < rounds; round++)
        {
            await StoreWork.Round(node, ann, round);
            if (round % 40 == 39) await node.Writer.CompactAsync(cats, dryRun: false, HiveNode.Cancellation);
            if (round % 50 == 10) Assert.Null(await node.Get<KeyRotation>().RotateAsync(HiveNode.Cancellation));
            await Take(node, other, foreign);
            foreach (var group in new[] { cats, foreign })
                foreach (var (chain, head) in node.Writer.Durable(group).Heads)
                    acks.Write(Acknowledged.Line(group, chain, head));
            acks.Flush();
        }
    }

    private static async Task<GroupId> Fill(HiveNode other, int posts)
    {
        var bob = await other.AgentAsync("bob");
        var group = await other.HiveAsync(bob, "dogs");
        for (var post = 0; post < posts; post++)
        {
            var outcome = await other.Commands.PostAsync(
                bob, "dogs", $"Dog {post}", "Barks.", null, HiveNode.Cancellation);
            HiveNode.Done(outcome);
        }

        return group;
    }

    /// <summary>The next run of the other node's chain, as its push brings it.</summary>
    private static async Task Take(HiveNode node, HiveNode other, GroupId group)
    {
        var chain = other.Writer.OwnChain;
        var after = node.Writer.Durable(group).SeqOf(chain);
        var run = other.Get<SqliteEventReader>().Read(group, chain, after, 3, Limits.BatchBytesMax);
        if (run is null) return;
        var report = await node.Writer.ReceiveAsync(group, other.Writer.Self, [run], HiveNode.Cancellation);
        Assert.Empty(report.Refused);
    }
}
