using System.Globalization;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Devices that know the same agree on what is to be done, to the bit.</summary>
public sealed class PlanIdTests
{
    [Fact]
    public void A_known_fleet_has_a_known_plan_on_every_machine()
    {
        var plan = Of(Words(new PlanWorld()));
        Assert.Equal("026c373b", plan.Id.ToString()[..8]);
        Assert.Equal("00afc83f", plan.DigestOfActions().ToString()[..8]);
        Assert.Equal((17, 17), (plan.Copies.Count, plan.Infeasible.Count));
    }

    [Fact]
    public void However_the_words_of_a_log_are_merged_there_is_one_plan()
    {
        var plans = Enumerable.Range(0, 30).Select(seed =>
        {
            var words = Words(new PlanWorld()).ToArray();
            new Random(seed).Shuffle(words);
            return Of(words);
        }).ToList();
        Assert.Single(plans.Select(p => p.Id).Distinct());
        Assert.Single(plans.Select(p => p.DigestOfActions()).Distinct());
    }

    [Fact]
    public void Ranges_on_several_threads_give_the_plan_of_one()
    {
        var sample = new PlanSample(4, 30, 2_000);
        var policies = sample.PolicyTable();
        var table = sample.Table(policies);
        var run = new PlanRun(table, policies);
        InRanges(run.RowCount, run.Classify);
        run.Order();
        InRanges(run.DeficitCount, run.Rank);
        var plan = run.Finish();
        Assert.True(plan.Copies.Count > 500);
        Assert.Equal(Planner.Plan(table, policies).DigestOfActions(), plan.DigestOfActions());

        static void InRanges(int count, Action<int, int> work) => Parallel.For(
            0, 13, i => work(count * i / 13, count * (i + 1) / 13));
    }

    private static FleetPlan Of(IEnumerable<Action<FleetState>> words)
    {
        var world = new PlanWorld();
        foreach (var word in words) word(world.State);
        return world.Plan();
    }

    /// <summary>All that is known of a fleet, one word each, in the order it was said.</summary>
    private static List<Action<FleetState>> Words(PlanWorld world)
    {
        for (var d = 0; d < 12; d++)
            world.Add(new DeviceFacts(NameOf(d), $"zone{d % 4}")
            {
                CapacityBytes = (1 + d) * PlanWorld.Tb,
                Class = d == 3 ? DeviceClass.Seedbox : d == 5 ? DeviceClass.Archive : DeviceClass.AlwaysOn,
                Uptime = 1_000 - (d * 40),
            });
        for (var i = 0; i < 100; i++)
        {
            var holders = Enumerable.Range(i, i % 6).Select(h => PlanWorld.IdOf(NameOf(h % 12)));
            world.Item(i, i * PlanWorld.Gb, [.. holders]);
        }

        var (state, words) = (world.State, new List<Action<FleetState>>());
        foreach (var device in state.Devices.Values) words.Add(s => s.Put(device));
        foreach (var volume in state.Volumes.Values) words.Add(s => s.Put(volume));
        foreach (var probe in state.Probes) words.Add(s => s.Put(probe));
        foreach (var item in state.Items.Values) words.Add(s => s.Put(item));
        foreach (var holding in state.Items.Keys.SelectMany(state.HoldingsOf)) words.Add(s => s.Put(holding));
        words.Add(s => s.Put(new Policy("other", 3, 4, 2, 0, AutoCopy: false)));
        words.Add(s => s.Put(Policy.Default with { Ceiling = 4 }));
        words.Add(s => s.Put(new DutyOverride("research", "fleet", null, new Epoch(long.MaxValue))));
        words.Add(s => s.Pin(PlanWorld.ItemOf(7), null, PinKind.Star));
        return words;
    }

    private static string NameOf(int device) => "d" + device.ToString(CultureInfo.InvariantCulture);
}
