using System.Globalization;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class RankingTests(ITestOutputHelper output)
{
    private const int Items = 20_000;

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(7, 1_000)]
    [InlineData(8, 1)]
    [InlineData(9, 1_000)]
    [InlineData(64, 3)]
    [InlineData(65, 1_000)]
    [InlineData(333, 1)]
    [InlineData(1_000, 40)]
    public void The_first_devices_are_those_that_a_whole_ranking_begins_with(int devices, int tiers)
    {
        var table = Table([.. Enumerable.Range(0, devices).Select(d => (long)(1 + (d * 31 % tiers)))]);
        var ranking = new Ranking(table);
        Span<int> first = stackalloc int[Ranking.Kept];
        for (var i = 0; i < 500; i++)
        {
            var x = Ranking.Mix((ulong)i);
            var all = ranking.All(x);
            var count = ranking.First(x, first);
            Assert.Equal(all.Take(Ranking.Kept), first[..count].ToArray());
            var scores = all.Select(d => ranking.Place(x, d)).ToArray();
            Assert.Equal(scores.Order(), scores);
        }
    }

    [Fact]
    public void A_share_of_the_items_is_a_share_of_the_weight()
    {
        long[] tiers = [1, 2, 4, 8, 16];
        var counts = Firsts(tiers).CountBy(d => d).ToDictionary();
        for (var device = 0; device < tiers.Length; device++)
        {
            var share = counts[device] * 1_000 / Items;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tiers[device]} of 31: {share} ‰"));
            Assert.InRange(share, tiers[device] * 1_000 / 31 - 12, tiers[device] * 1_000 / 31 + 12);
        }
    }

    [Fact]
    public void A_heavier_device_takes_items_and_no_other_pair_exchanges_any()
    {
        var (before, after) = (Firsts([3, 3, 3, 3]), Firsts([3, 3, 6, 3]));
        Assert.True(before.Zip(after).Count(p => p.First != p.Second) > Items / 10);
        Assert.All(before.Zip(after).Where(p => p.First != p.Second), p => Assert.Equal(2, p.Second));
    }

    [Fact]
    public void Without_a_weight_there_is_no_place()
    {
        var table = Table([5, 0, 5]);
        Assert.DoesNotContain(1, new Ranking(table).All(77));
        Assert.Equal(ulong.MaxValue, Ranking.Score(1, 2, 0));
    }

    private static int[] Firsts(long[] tiers)
    {
        var ranking = new Ranking(Table(tiers));
        var first = new int[Ranking.Kept];
        var found = new int[Items];
        for (var i = 0; i < Items; i++)
        {
            ranking.First(Ranking.Mix((ulong)i), first);
            found[i] = first[0];
        }

        return found;
    }

    /// <summary>Devices in the order of their numbers, each of its tier's weight; 0 for one that is dead.</summary>
    private static PlanningTable Table(long[] tiers)
    {
        var ids = tiers.Select((_, d) => PlanWorld.IdOf(d.ToString(CultureInfo.InvariantCulture))).Order().ToArray();
        var policies = new PolicyTable([]);
        return new PlanningRows(
            new Anarchive.Log.GroupId(PlanWorld.Hash("fleet")), tiers.Select((tier, d) => new PlanDevice(
                ids[d], DeviceClass.AlwaysOn, "home", false, true, false,
                tier == 0 ? DeviceState.Dead : DeviceState.Active, Reachability.Up, 990, tier,
                [new PlanVolume(new VolumeId(1), 0)])),
            policies).Build(PlanWorld.Now);
    }
}
