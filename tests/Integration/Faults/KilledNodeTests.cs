using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Each of them keeps many processes busy, so one runs at a time, beside smaller ones.</summary>
[CollectionDefinition(nameof(KilledNodeTests))]
public sealed class KilledNodeCollection;

/// <summary>Nodes as processes that are killed, suspended and cut off from each other.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class KilledNodeTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly List<ServedNode> _nodes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_node_killed_in_the_middle_of_a_backfill_goes_on_where_it_was()
    {
        const int posts = 40_000;
        await Fill(_scratch.At("a"), posts);
        var (a, b) = (await Serve("a"), await Serve("b"));
        await b.Join(a);
        var all = (await a.Look()).Events;
        for (var kills = 0; kills < 3; kills++)
        {
            var shown = b.LookUntilGone();
            var size = b.DiskBytes();
            await Eventually.True(() => b.DiskBytes() > size + (1 << 20), "The backfill stands still.");
            await b.Kill();
            // What it once showed as durable is there, and the kill came before the end.
            Assert.InRange(b.EventsOnDisk(), await shown, all - 1);
            await b.Start();
        }

        await ServedNode.InStep(a, b);
        Assert.Equal(posts, (await b.Look()).Posts);
        await b.Post(1);
        await ServedNode.InStep(a, b);
    }

    [Fact]
    public async Task A_node_killed_while_it_reindexes_has_the_rows_it_had_and_can_do_it_again()
    {
        await Fill(_scratch.At("a"), 20_000);
        var a = await Serve("a");
        var before = await a.Look();
        var asked = new System.Text.Json.Nodes.JsonObject { ["hive"] = ServedNode.Hive };
        var cut = a.Process.Api.PostAsync("/api/v1/sync/reindex", asked, TestContext.Current.CancellationToken);
        await Eventually.True(
            async () => cut.IsCompleted || await Folded(a) > 0, () => "Nothing is folded.");
        await a.Kill();
        // On a fast machine it may have ended first.
        await Record.ExceptionAsync(() => cut);
        await a.Start();
        Assert.Equal(before, await a.Look());
        await a.Process.Api.PostAsync("/api/v1/sync/reindex", asked, TestContext.Current.CancellationToken);
        Assert.Equal(before, await a.Look());

        static async Task<long> Folded(ServedNode node) => (long)(await node.Process.Api.GetAsync(
            "/api/v1/sync/reindex", TestContext.Current.CancellationToken))["folded"]!;
    }

    [Fact]
    public async Task Nodes_killed_in_the_middle_of_pushes_lose_and_double_nothing()
    {
        var (a, b) = await Pair();
        var acknowledged = new List<string>();
        var writing = a.PostUntilGone(acknowledged);

        await Reaches(b, 20);
        await b.Kill();
        var held = Count(acknowledged);
        await Eventually.True(() => Count(acknowledged) >= held + 20, "A no longer writes without B.");
        await b.Start();
        await Reaches(b, held + 40);
        await a.Kill();
        await writing;
        await a.Start();
        acknowledged.AddRange(await a.Post(5));

        await ServedNode.InStep(a, b);
        foreach (var node in new[] { a, b })
        {
            var shown = await node.PostIds();
            Assert.Empty(acknowledged.Except(shown));
            Assert.Equal(shown.Count, shown.Distinct().Count());
            // One write may have been durable before the kill and its answer not.
            Assert.InRange(shown.Count, acknowledged.Count, acknowledged.Count + 1);
        }
    }

    [Fact]
    public async Task Both_sides_of_a_cut_cable_write_and_agree_once_it_is_back()
    {
        var (a, b) = await Pair();
        var written = new List<string>();
        await b.Suspend();
        written.AddRange(await a.Post(20));
        await a.Suspend();
        await b.Continue();
        written.AddRange(await b.Post(20));
        await a.Continue();
        written.AddRange(await a.Post(1));
        await ServedNode.InStep(a, b);
        Assert.Equal(written.Order(), (await a.PostIds()).Order());
        Assert.Equal(written.Order(), (await b.PostIds()).Order());
    }

    [Fact]
    public async Task Both_sides_write_while_the_other_is_dead_and_agree_after_a_restart()
    {
        var (a, b) = await Pair();
        await b.Kill();
        var written = new List<string>(await a.Post(20));
        await a.Kill();
        await b.Start();
        written.AddRange(await b.Post(20));
        await a.Start();
        await ServedNode.InStep(a, b);
        Assert.Equal(written.Order(), (await a.PostIds()).Order());
    }

    [Fact]
    public async Task A_chain_is_relayed_by_a_third_node_while_its_origin_is_gone()
    {
        var (a, b) = await Pair();
        var written = await b.Post(20);
        await ServedNode.InStep(a, b);
        await b.Kill();
        var c = await Serve("c");
        await c.Join(a);
        await ServedNode.InStep(a, c);
        Assert.Equal(written.Order(), (await c.PostIds()).Order());
        // The other way round, once B and C have heard of each other: what A wrote reaches B from C.
        await b.Start();
        await Eventually.True(async () => await b.Peers() == 2 && await c.Peers() == 2, () => "Not introduced.");
        await ServedNode.InStep(a, b, c);
        await b.Kill();
        var late = await a.Post(5);
        await ServedNode.InStep(a, c);
        await a.Kill();
        await b.Start();
        await ServedNode.InStep(b, c);
        Assert.Equal(written.Concat(late).Order(), (await b.PostIds()).Order());
    }

    [Fact]
    public async Task A_full_disk_stops_the_node_and_a_larger_one_has_every_acknowledged_event()
    {
        using var disk = SmallDisk.TryMount(_scratch.At("disk"), "6m");
        Assert.SkipWhen(disk is null, "SKIPPED: only root may mount a small disk.");
        var node = await Serve("disk/full");
        try
        {
            await node.CreateHive();
            var acknowledged = new List<string>();
            await FillDisk(node, acknowledged);
            Assert.NotEmpty(acknowledged);
            await Eventually.True(() => node.Process.ExitCode is not null, "The node lives on without its disk.");
            Assert.Equal(2, node.Process.ExitCode);
            await node.DisposeAsync();

            disk!.Grow("64m");
            await node.Start();
            Assert.Empty(acknowledged.Except(await node.PostIds()));
            await node.Post(1);
        }
        finally
        {
            // Before the disk it stands on goes.
            await node.DisposeAsync();
        }
    }

    private static async Task FillDisk(ServedNode node, List<string> acknowledged)
    {
        var content = new string('a', 60_000);
        try
        {
            while (true) acknowledged.Add(await node.Post($"post {acknowledged.Count}", content));
        }
        catch (Exception refused) when (refused is Cli.CliFailure or HttpRequestException)
        {
            // The disk is full.
        }
    }

    private static Task Reaches(ServedNode node, int posts)
    {
        HiveState seen = null!;
        return Eventually.True(
            async () => (seen = await node.Look()).Posts >= posts, () => $"{posts} posts do not arrive: {seen}");
    }

    private static int Count(List<string> acknowledged)
    {
        lock (acknowledged) return acknowledged.Count;
    }

    /// <summary>A data directory whose hive holds so many posts.</summary>
    private static async Task Fill(string directory, int posts)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new NodeOptions { DataDirectory = directory, Listen = "http://127.0.0.1:0" };
        await using var app = WebHost.Build(options, null);
        await WebHost.StartAsync(app, cancellation);
        var owner = await app.Services.GetRequiredService<AgentRegistry>().OwnerAsync(cancellation);
        var hive = await app.Services.GetRequiredService<HiveCommands>()
            .CreateHiveAsync(owner, ServedNode.Hive, ServedNode.Hive, "", "per_agent", cancellation);
        Assert.Null(hive.Problem);
        var group = app.Services.GetRequiredService<HiveQueries>().Hive(ServedNode.Hive)!.Group;
        var post = new PostCreated(new AgentProfile("aaaaaaaaaaaaaaaa", "Ines"), "A title", "Some text.");
        var payload = HivePayloads.Write(post, out _) ?? throw new InvalidOperationException("Not a post.");
        var writer = app.Services.GetRequiredService<LogWriter>();
        foreach (var some in Enumerable.Repeat(new Draft(new Kind("post_created"), payload, []), posts).Chunk(500))
            await writer.WriteAsync(group, some, cancellation);
        await app.StopAsync(cancellation);
    }

    private async Task<ServedNode> Serve(string name)
    {
        var node = await ServedNode.Start(_scratch.At(name));
        _nodes.Add(node);
        return node;
    }

    private async Task<(ServedNode A, ServedNode B)> Pair()
    {
        var (a, b) = (await Serve("a"), await Serve("b"));
        await a.CreateHive();
        await b.Join(a);
        await ServedNode.InStep(a, b);
        return (a, b);
    }
}
