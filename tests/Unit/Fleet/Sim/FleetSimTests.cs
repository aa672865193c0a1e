using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class FleetSimTests
{
    private const long Day = 24 * 3600;

    private static readonly SimPolicy Small = new(Devices: 6, UptimeMinPermille: 500, Copies: 2, Items: 50);

    [Fact]
    public void A_fleet_that_never_sleeps_repairs_nothing_and_is_never_dark()
    {
        var figures = Draw([.. Enumerable.Repeat(Up(0, 10 * Day), 6)], Small).Run(0);
        Assert.Equal((0, 0, 2000), (figures.RepairsMilli, figures.DarkPpm, figures.CopiesMilli));
    }

    [Fact]
    public void A_device_that_comes_back_within_the_grace_costs_nothing()
    {
        var sleeps = Up(0, 4 * Day, (4 * Day) + 20_000, 10 * Day);
        var fleet = Draw([.. Enumerable.Repeat(Up(0, 10 * Day), 5), sleeps], Small);
        Assert.Equal(0, fleet.Run(6).Repairs);
        Assert.NotEqual(0, fleet.Run(5).Repairs);
    }

    [Fact]
    public void A_device_that_never_returns_costs_one_copy_of_each_item_it_had()
    {
        var fleet = Draw([.. Enumerable.Repeat(Up(0, 20 * Day), 5), Up(0, 12 * Day)], Small);
        var lost = fleet.Run(24);
        Assert.InRange(lost.Repairs, 1, Small.Items);
        Assert.Equal(2 * Small.Items + lost.Repairs, lost.CopiesAtEnd);
        Assert.Equal(0, lost.DarkItemEpochs);
        // It was up for 60 % of the trace: its average falls below a half before it is lost after a week.
        Assert.Equal(lost.Repairs, fleet.Run(168).Repairs);
    }

    [Fact]
    public void Where_all_holders_sleep_at_once_it_is_dark_and_nothing_can_be_copied()
    {
        var nights = Up(0, 4 * Day, 5 * Day, 10 * Day);
        var figures = Draw([.. Enumerable.Repeat(nights, 6)], Small).Run(0);
        Assert.Equal(0, figures.Repairs);
        Assert.Equal(1_000_000 / 9, figures.DarkPpm);
    }

    [Fact]
    public void A_copy_is_lost_where_its_target_or_every_holder_is_down_when_it_would_be_finished()
    {
        // One goes half an hour before the other: a copy from or to that other is not finished in time.
        var goes = (5 * Day) - 1800;
        var fleet = Draw([Up(0, 10 * Day), Up(0, goes, 10 * Day, 10 * Day), Up(0, 5 * Day, 10 * Day, 10 * Day)],
            new SimPolicy(3, 400, 2, 50));
        var figures = fleet.Run(0);
        Assert.Equal(0, figures.Repairs);
        Assert.Equal(100, figures.CopiesAtEnd);
    }

    [Fact]
    public void A_trace_with_too_few_devices_gives_no_fleet() =>
        Assert.Null(FleetSim.Draw(new AvailabilityTrace([Up(0, 100), Up(0, 40)]), Small with { Devices = 2 }, 1));

    [Fact]
    public void A_trace_of_less_than_a_day_gives_no_figures() =>
        Assert.Equal(0, Draw([.. Enumerable.Repeat(Up(0, 3600), 6)], Small).Run(0).ItemEpochs);

    [Fact]
    public void A_seed_always_draws_the_same_fleet_and_another_seed_another()
    {
        var trace = new AvailabilityTrace([.. Enumerable.Range(0, 40).Select(n => Up(
            0, (3 + (n % 5)) * Day, (3 + (n % 5)) * Day + (n * 7_000), 9 * Day))]);
        SimFigures Run(int seed) => FleetSim.Draw(trace, Small, seed)!.Run(0);
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void Figures_of_two_fleets_add_up_as_one_fleet_of_more_items()
    {
        var one = new SimFigures(24, 10, 5, 1000, 10, 25);
        var both = one.And(new SimFigures(24, 30, 15, 3000, 30, 75));
        Assert.Equal(new SimFigures(24, 40, 20, 4000, 40, 100), both);
        Assert.Equal((14_400, 10_000, 2_500), (both.RepairsMilli, both.DarkPpm, both.CopiesMilli));
    }

    private static FleetSim Draw(IReadOnlyList<TracedDevice> devices, SimPolicy policy) =>
        FleetSim.Draw(new AvailabilityTrace(devices), policy, 1)!;

    private static TracedDevice Up(params long[] edges) => new(edges);
}
