using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Seven machines that know next to nothing of each other.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class SevenNodesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Hive = "cats";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    private NetworkLab? _lab;

    public async ValueTask InitializeAsync()
    {
        _lab = await NetworkLab.Start(7);
        await Task.WhenAll(Nodes.Select(n => n.Start()));
        await Nodes[0].Done("hive", "create", Hive);
        foreach (var node in Nodes.Skip(1)) await node.Join(Nodes[0], Hive);
        await Agree();
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is { } lab) await lab.DisposeAsync();
    }

    private IReadOnlyList<LabNode> Nodes => _lab!.Nodes;

    [Fact]
    public async Task A_chain_of_manual_entries_becomes_a_full_mesh_that_survives_partition_and_firewall()
    {
        await Task.WhenAll(Nodes.Select(n => n.Stop()));
        foreach (var node in Nodes) node.ForgetPeers();
        await Task.WhenAll(Nodes.Select(n => n.Start()));
        var entries = new List<long>();
        for (var n = 1; n < Nodes.Count; n++)
        {
            await Nodes[n].Done("peer", "add", Nodes[n - 1].Endpoint, Nodes[n - 1].Id);
            entries.Add(TimeProvider.System.GetTimestamp());
        }

        await Until(async n => await n.Peers() == (6, 6), "Not a full mesh.");
        // By what the nodes log, not by when a command looked: a round of heartbeats takes a second.
        Assert.All(Nodes, n => Assert.Equal(6, n.Met.Count));
        var last = Nodes.SelectMany(n => n.Met.Values).Max();
        var after = TimeProvider.System.GetElapsedTime(entries[^1], last);
        output.WriteLine(
            $"six entries within {TimeProvider.System.GetElapsedTime(entries[0], entries[^1]).TotalSeconds:0.0} s, "
            + $"a full mesh {after.TotalSeconds:0.0} s after the last of them");
        await Agree();

        // Three against four, and both sides go on.
        await _lab!.Partition(3);
        await Nodes[0].Write(Hive, "left", 20);
        await Nodes[6].Write(Hive, "right", 20);
        await Agree([.. Nodes.Take(3)]);
        await Agree([.. Nodes.Skip(3)]);
        Assert.NotEqual(await Nodes[0].Digests(), await Nodes[6].Digests());
        await _lab.Partition(0);
        await Agree();

        // One of them can be called by nobody from here on: it converges through those it calls.
        await Nodes[6].Stop();
        await Nodes[6].Start(isClosed: true);
        await Nodes[6].Write(Hive, "behind", 5);
        await Nodes[0].Write(Hive, "before", 5);
        await Agree();
    }

    private Task Agree() => Agree(Nodes);

    private static async Task Agree(IReadOnlyList<LabNode> nodes) => await Until(
        async () => (await Task.WhenAll(nodes.Select(n => n.Digests()))).Distinct().Count() == 1,
        "The digests differ.");

    private Task Until(Func<LabNode, Task<bool>> condition, string what) => Until(
        async () =>
        {
            foreach (var node in Nodes)
                if (!await condition(node)) return false;
            return true;
        },
        what);

    private static async Task Until(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Deadline, what);
    }
}
