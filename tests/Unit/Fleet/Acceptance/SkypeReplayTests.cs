using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>
/// The rules over a month of 2,081 real machines, read in place from <c>../shared/data/fleet/avail</c>: fleets of 60
/// that were up for half of it, three copies of each item, four drawn fleets.
/// </summary>
/// <remarks>
/// Dark time at 168 hours is below the design's figure by more than its tolerance, which is the good side;
/// decision 0036 says where that comes from.
/// </remarks>
public sealed class SkypeReplayTests(ITestOutputHelper output)
{
    private const int Fleets = 4;

    private static readonly Expected[] Table =
    [
        new(0, 4030, 200), new(6, 2480, 350), new(24, 1190, 630), new(72, 690, 2_200), new(168, 360, 3_700),
    ];

    [Fact]
    public void Repairs_and_dark_time_are_those_of_the_design()
    {
        var trace = Skype();
        var fleets = Enumerable.Range(1, Fleets)
            .Select(seed => FleetSim.Draw(trace, SimPolicy.Default, seed)!).ToList();
        var figures = Table.Select(row => fleets.Select(f => f.Run(row.Grace)).Aggregate((a, b) => a.And(b))).ToList();
        foreach (var (row, seen) in Table.Zip(figures))
            output.WriteLine(
                $"grace {row.Grace,3} h: {seen.RepairsMilli / 1000.0:0.00} repairs "
                + $"(design {row.RepairsMilli / 1000.0:0.00}), "
                + $"dark {seen.DarkPpm / 10_000.0:0.000} % (design {row.DarkPpm / 10_000.0:0.000})");
        Assert.All(Table.Zip(figures), pair =>
        {
            var (row, seen) = pair;
            Assert.InRange(seen.RepairsMilli, row.RepairsMilli * 85 / 100, row.RepairsMilli * 115 / 100);
            Assert.InRange(seen.DarkPpm, row.Grace == 168 ? 0 : row.DarkPpm - 1_000, row.DarkPpm + 1_000);
        });
        Assert.Equal(figures.OrderByDescending(f => f.Repairs), figures);
        Assert.Equal(figures.OrderBy(f => f.DarkItemEpochs), figures);
    }

    private static AvailabilityTrace Skype()
    {
        var path = Checkout.PathOf("../shared/data/fleet/avail/SKYPE.avt");
        Assert.SkipUnless(File.Exists(path), "SKIPPED: ../shared/data/fleet is not beside this checkout.");
        return new AvailabilityTrace([.. File.ReadLines(path).Select(line =>
        {
            Assert.Null(AvailabilityTrace.Read(line, out var device));
            return device;
        })]);
    }

    private sealed record Expected(int Grace, long RepairsMilli, long DarkPpm);
}
