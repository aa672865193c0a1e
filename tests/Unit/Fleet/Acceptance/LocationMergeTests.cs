using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Five clones of a git-annex repository, 120 keys and 220 operations with partial syncs.</summary>
public sealed class LocationMergeTests(ITestOutputHelper output)
{
    private const int Orders = 200;

    [Fact]
    public void Every_merge_order_of_five_clones_gives_the_answers_of_git_annex_and_one_digest()
    {
        var data = JsonNode.Parse(File.ReadAllText(AnnexFleet.Need("location_merge.json")))!;
        var log = new FleetLog();
        var repositories = data["repos"]!.AsArray().Select(name => (string)name!)
            .ToDictionary(name => name, log.Node);
        foreach (var repository in repositories.Values) repository.Declare();
        // What each clone knew before the clones met for the last time.
        var clones = data["logs_before_final_sync"]!.AsObject().Select(clone => LinesOf(clone.Value!)
            .Select(line => AnnexFleet.WriteOf(line, repositories[line.Repository])).ToArray()).ToArray();
        var expected = data["whereis_n0"]!.AsObject().ToDictionary(
            key => key.Key, key => key.Value!.AsArray().Select(name => (string)name!).Order().ToArray());

        var digests = new HashSet<Hash256>();
        var (right, random) = (int.MaxValue, new Random(7));
        for (var order = 0; order < Orders; order++)
        {
            var merged = new FoldedFleet(log.Group).Take(log.Events);
            foreach (var write in Merged(clones, random)) merged.Hear(write);
            merged.Settle();
            digests.Add(merged.Digest());
            right = Math.Min(right, expected.Count(key => key.Value.SequenceEqual(WhereIs(merged.State, key.Key))));
        }

        output.WriteLine(
            $"{clones.Length} clones, {clones.Sum(clone => clone.Length)} lines, {Orders} merge orders: at least "
            + $"{right} of {expected.Count} keys right, {digests.Count} digest");
        Assert.Equal((120, 120), (expected.Count, right));
        Assert.Single(digests);

        string[] WhereIs(FleetState state, string key) =>
        [
            .. state.HoldingsOf(AnnexFleet.ItemOf(key)).Where(holding => holding.State == HoldingState.Present)
                .Select(holding => state.Devices[holding.Device].Name).Order(),
        ];
    }

    /// <summary>Clone by clone, or all lines mixed; some heard twice.</summary>
    private static RegisterWrite[] Merged(RegisterWrite[][] clones, Random random)
    {
        var order = clones.ToArray();
        random.Shuffle(order);
        var lines = order.SelectMany(clone => clone).ToArray();
        if (random.Next(2) == 0) random.Shuffle(lines);
        return random.Next(2) == 0 ? lines : [.. lines, .. lines[..(lines.Length / 3)]];
    }

    private static IEnumerable<AnnexLine> LinesOf(JsonNode clone) =>
        from key in clone.AsObject()
        from line in key.Value!.AsArray()
        select new AnnexLine(key.Key, (string)line![0]!, (string)line[1]! == "1", (string)line[2]!);
}
