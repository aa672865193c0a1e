using System.IO.Compression;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Location logs of real datasets: what the floor check says of them.</summary>
public sealed class RealLogTests(ITestOutputHelper output)
{
    [Fact]
    public void Items_below_the_floor_are_those_that_the_dataset_has_with_the_dead_and_without()
    {
        AnnexFleet.Need(Path.Combine("real", "ds000001.meta.json"));
        foreach (var file in Directory.GetFiles(
            Path.GetDirectoryName(AnnexFleet.Need(Path.Combine("real", "ds000001.meta.json")))!, "*.meta.json"))
            Check(file);
    }

    private void Check(string metaFile)
    {
        var meta = JsonNode.Parse(File.ReadAllText(metaFile))!;
        var lines = Commits(metaFile.Replace(".meta.json", ".commits.jsonl.gz", StringComparison.Ordinal)).ToList();
        var log = new FleetLog();
        var repositories = lines.Select(line => line.Repository).Distinct().ToDictionary(name => name, log.Node);
        foreach (var repository in repositories.Values) repository.Declare();
        foreach (var (name, trust) in meta["trust"]!.AsObject())
            if ((string)trust! == "X") log.Owner.SetState(repositories[name].Device, DeviceState.Dead);
        var fleet = new FoldedFleet(log.Group).Take(log.Events);
        // The newest commits first: the order of arrival says nothing.
        foreach (var line in Enumerable.Reverse(lines))
            fleet.Hear(AnnexFleet.WriteOf(line, repositories[line.Repository]));
        fleet.Settle();

        var rule = new CopyRule(OfDead: true, ProvenAtMs: null);
        var (withDead, withoutDead) = (
            CustodyCount.BelowFloor(fleet.State, rule).Count,
            CustodyCount.BelowFloor(fleet.State, rule with { OfDead = false }).Count);
        output.WriteLine(
            $"{meta["source"]}: {lines.Count} events, {fleet.State.HeldItems.Count} items, below floor 2: "
            + $"{withDead} with dead, {withoutDead} without");
        Assert.Equal(((int)meta["keys"]!, (int)meta["events"]!), (fleet.State.HeldItems.Count, lines.Count));
        Assert.Equal(
            ((int)meta["below_floor_2_counting_dead"]!, (int)meta["below_floor_2_excluding_dead"]!),
            (withDead, withoutDead));
        // Nothing of it is proven: a fleet would count none of these claims.
        Assert.Equal(
            fleet.State.HeldItems.Count,
            CustodyCount.BelowFloor(fleet.State, rule with { ProvenAtMs = log.NowMs }).Count);
    }

    private static IEnumerable<AnnexLine> Commits(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (text.ReadLine() is { } row)
        {
            foreach (var line in JsonNode.Parse(row)!["lines"]!.AsArray())
                yield return new AnnexLine(
                    (string)line![0]!, (string)line[1]!, (string)line[2]! == "1", (string)line[3]!);
        }
    }
}
