using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What holds of every plan, over fleets drawn from seeds.</summary>
public sealed class PlanPropertyTests
{
    private const int Fleets = 300;

    [Fact]
    public void Whoever_knows_the_same_plans_the_same_whatever_order_it_came_in()
    {
        for (var seed = 0; seed < Fleets; seed++)
        {
            var sample = new PlanSample(seed, 12, 60);
            var (one, other) = (sample.Plan(), sample.Plan());
            Assert.Equal(one.Id, other.Id);
            Assert.Equal(one.DigestOfActions(), other.DigestOfActions());
            Assert.Equal(one.Copies, other.Copies);
        }
    }

    [Fact]
    public void The_plan_is_the_naive_one()
    {
        var (whole, copies, infeasible) = (0, 0, 0);
        for (var seed = 0; seed < Fleets; seed++)
        {
            var sample = new PlanSample(seed, 3 + (seed % 40), 40);
            var policies = sample.PolicyTable();
            var table = sample.Table(policies);
            var naive = new NaivePlan(sample, table);
            var plan = Planner.Plan(table, policies);
            if (naive.StoppedAt) continue;
            Assert.Equal(
                naive.Copies.OrderBy(c => c.Item).ThenBy(c => c.Target),
                plan.Copies.Select(c => (c.Item, c.Target, c.Volume)));
            Assert.Equal(naive.Infeasible.Order(), plan.Infeasible.Select(i => i.Item));
            (whole, copies, infeasible) = (whole + 1, copies + plan.Copies.Count, infeasible + plan.Infeasible.Count);
        }

        Assert.True(whole > Fleets / 3 && copies > 1_000 && infeasible > 100, $"{whole}, {copies}, {infeasible}");
    }

    [Fact]
    public void No_copy_goes_to_a_device_that_has_it_or_may_not_have_it_or_has_no_room()
    {
        var copies = 0;
        for (var seed = 0; seed < Fleets; seed++)
        {
            var sample = new PlanSample(seed, 10, 80);
            var devices = sample.Devices.ToDictionary(d => d.Id);
            var items = sample.Items.ToDictionary(i => i.Id);
            var plan = sample.Plan();
            copies += plan.Copies.Count;
            Assert.All(plan.Copies, c =>
            {
                Assert.True(devices[c.Target].IsTarget);
                Assert.DoesNotContain(items[c.Item].Holders, h => h.Device == c.Target);
                Assert.Contains(items[c.Item].Holders, h => h.Device == c.Source);
                Assert.True(devices[c.Source].IsSource);
            });
            Assert.Equal(plan.Copies.Count, plan.Copies.DistinctBy(c => (c.Item, c.Target)).Count());
            foreach (var volume in plan.Copies.GroupBy(c => (c.Target, c.Volume)))
            {
                var room = devices[volume.Key.Target].Volumes.Single(v => v.Id == volume.Key.Volume).RoomBytes;
                Assert.InRange(volume.Sum(c => c.SizeBytes), 0, room);
            }
        }

        Assert.True(copies > 5_000, $"{copies}");
    }

    [Fact]
    public void What_is_released_leaves_ceiling_zones_and_places_elsewhere_as_the_policy_wants()
    {
        var releases = 0;
        for (var seed = 0; seed < Fleets; seed++)
        {
            var sample = new PlanSample(seed, 10, 80);
            var plan = sample.Plan();
            releases += plan.Releases.Count;
            Assert.Equal(plan.Releases.Count, plan.Releases.DistinctBy(r => r.Item).Count());
            Assert.Empty(plan.Releases.Select(r => r.Item).Intersect(plan.Copies.Select(c => c.Item)));
            foreach (var release in plan.Releases)
            {
                var item = sample.Items.Single(i => i.Id == release.Item);
                var policy = sample.Policies.FirstOrDefault(p => p.Name == item.Policy) ?? Policy.Default;
                var left = item.Holders.Where(h => h.IsVerified && h.Device != release.Device)
                    .Select(h => sample.Devices.Single(d => d.Id == h.Device)).Where(d => d.Stays).ToList();
                var isLeaving = !sample.Devices.Single(d => d.Id == release.Device).Stays;
                Assert.True((isLeaving || left.Count >= policy.Ceiling) && left.Count >= policy.Floor);
                Assert.True(left.Select(d => d.Zone).Distinct().Count() >= policy.ZonesMin);
                Assert.True(left.Count(d => d.IsOffsite) >= policy.OffsiteMin);
            }
        }

        Assert.True(releases > 500, $"{releases}");
    }

    [Fact]
    public void Every_item_gets_what_its_policy_asks_for_or_a_reason()
    {
        var met = 0;
        for (var seed = 0; seed < Fleets; seed++)
        {
            var sample = new PlanSample(seed, 9 + (seed % 20), 80);
            var plan = sample.Plan();
            var copies = plan.Copies.ToLookup(c => c.Item);
            var why = plan.Infeasible.ToDictionary(i => i.Item);
            foreach (var item in sample.Items)
            {
                var policy = sample.Policies.FirstOrDefault(p => p.Name == item.Policy) ?? Policy.Default;
                var on = item.Holders.Where(h => h.IsVerified).Select(h => h.Device)
                    .Concat(copies[item.Id].Select(c => c.Target))
                    .Select(id => sample.Devices.Single(d => d.Id == id)).Where(d => d.Stays).ToList();
                var isMet = on.Count >= policy.Floor && on.Count(d => d.IsOffsite) >= policy.OffsiteMin
                    && on.Select(d => d.Zone).Distinct().Count() >= policy.ZonesMin;
                if (!isMet) Assert.True(why[item.Id].Missing > 0);
                if (isMet && copies[item.Id].Any()) met++;
            }
        }

        Assert.True(met > 2_000, $"{met}");
    }

    [Fact]
    public void What_is_kept_up_to_date_is_what_a_plan_made_anew_says()
    {
        for (var seed = 0; seed < Fleets / 3; seed++)
        {
            // Of few devices a row keeps all, of many only the first.
            var sample = new PlanSample(seed, seed % 3 == 0 ? 6 : 45, 50);
            var policies = sample.PolicyTable();
            var run = new PlanRun(sample.Table(policies), policies);
            run.Classify(25, 50);
            run.Classify(0, 25);
            run.Order();
            run.Rank(0, run.DeficitCount / 2);
            run.Rank(run.DeficitCount / 2, run.DeficitCount);
            Assert.Equal(sample.Plan().DigestOfActions(), run.Finish().DigestOfActions());
            var kept = new IncrementalPlan(run, policies);
            for (var step = 0; step < 8; step++)
            {
                var plan = kept.Update(sample.Change());
                var anew = Planner.Plan(sample.Table(policies), policies);
                Assert.Equal(anew.Id, plan.Id);
                Assert.Equal(anew.Copies, plan.Copies);
                Assert.Equal(anew.Infeasible, plan.Infeasible);
                Assert.Equal(anew.DigestOfActions(), plan.DigestOfActions());
            }
        }
    }
}
