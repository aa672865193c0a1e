using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// The power is cut after any call of a recorded node, and what may be left of its disk is opened again by the node.
/// </summary>
[Collection(nameof(KilledNodeTests))]
public sealed class PowerCutTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task No_power_cut_loses_what_was_acknowledged()
    {
        var faults = await Cut("FULL", Recording.Asked ?? 100);
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
    }

    [Fact]
    public async Task Without_a_sync_per_commit_the_same_cuts_do_lose_it()
    {
        var faults = await Cut("NORMAL", Recording.Asked ?? 20);
        Assert.Contains(faults, fault => fault.Contains(": A: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sync_that_fails_loses_nothing_that_was_acknowledged()
    {
        var syncs = (await Record("whole", "FULL", rounds: 15)).Syncs;
        var random = Recording.NewRandom();
        for (var run = 0; run < (Recording.Asked ?? 30) / 10; run++)
        {
            var failing = 1 + random.Next(syncs);
            var recording = await Record(
                $"failing-{run}", "FULL", rounds: 15, (DiskWatch.FailSync, $"{failing}"));
            foreach (var image in recording.ImageAtTheEnd())
            {
                var fault = await StoreCheck.FindFault(Path.Combine(image.Root, StoreWriter.Home), image.Said);
                Assert.True(fault is null, $"Sync {failing} of {syncs} failed. " + recording.Place(image) + fault);
            }
        }
    }

    private Task<Recording> Record(
        string name, string synchronous, int rounds, params (string Name, string Value)[] more) => Recording.Make(
            StoreWriter.Name,
            Directory.CreateDirectory(_scratch.At(name)).FullName,
            [(StoreWriter.Synchronous, synchronous), (StoreWriter.Rounds, $"{rounds}"), .. more]);

    /// <summary>What is wrong with so many images of one recording.</summary>
    private async Task<IReadOnlyList<string>> Cut(string synchronous, int images)
    {
        var recording = await Record("disk", synchronous, rounds: 120);
        var faults = new List<string>();
        foreach (var image in recording.Images(images))
        {
            var home = Path.Combine(image.Root, StoreWriter.Home);
            if (await StoreCheck.FindFault(home, image.Said) is { } fault)
                faults.Add(recording.Place(image) + fault);
        }

        TestContext.Current.SendDiagnosticMessage(
            "synchronous={0}: {1} calls, {2} images, {3} at fault",
            synchronous, recording.Calls, images, faults.Count);
        return faults;
    }
}
