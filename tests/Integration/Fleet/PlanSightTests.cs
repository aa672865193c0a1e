using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a real node shows of its fleet right after something was written.</summary>
public sealed class PlanSightTests : IAsyncLifetime
{
    private const int Items = 30;
    private const int Seeds = 3;
    private const int Looks = 60;

    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DeviceId Self => DeviceId.Of(_node.Id);

    public async ValueTask InitializeAsync() => _node = await LiveNode.Start();

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task After_every_word_it_is_what_one_who_looks_for_the_first_time_sees()
    {
        await Say(new DeviceDeclared("nas", DeviceClass.AlwaysOn, "home", Offsite: false, [], ["http"]));
        await Say(new VolumeDeclared(Self, Disk, "disks", 4_000_000, 1));
        var kept = _node.Get<PlanSight>();
        var ids = new HashSet<Hash256>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            for (var look = 0; look < Looks; look++)
            {
                for (var words = random.Next(3); words > 0; words--) await Say(Word(random));
                AssertEqual(kept, ids);
            }

            // Read anew from the log: nothing that was kept may hold.
            await _node.Writer.RefoldAsync(_node.Get<OwnFleet>().Group!.Value, Cancellation);
        }

        Assert.True(ids.Count > Looks / 2, $"{ids.Count}");
    }

    private static VolumeId Disk => new((UInt128)1);

    private void AssertEqual(PlanSight kept, HashSet<Hash256> ids)
    {
        using var first = new PlanSight(_node.Get<FleetBook>(), TimeProvider.System);
        SeenPlan seen, anew;
        // A quarter of an hour may end in between.
        do (seen, anew) = (kept.Now(), first.Now());
        while (seen.Epoch != anew.Epoch);
        Assert.Equal(anew.Id, seen.Id);
        Assert.Equal(anew.Custody.Lines, seen.Custody.Lines);
        Assert.Equal((anew.Custody.Below, anew.Custody.Unproven), (seen.Custody.Below, seen.Custody.Unproven));
        Assert.Equal(anew.Custody.Loads.OrderBy(l => l.Key), seen.Custody.Loads.OrderBy(l => l.Key));
        Assert.Equal(anew.Plan.DigestOfActions(), seen.Plan.DigestOfActions());
        ids.Add(seen.Id);
    }

    private IFleetPayload Word(Random random)
    {
        var item = Item(random.Next(Items));
        return random.Next(12) switch
        {
            < 3 => new ItemsDescribed([item]),
            < 7 => new HoldingsSet(
                Self, Disk,
                [new HoldingRow(item.Item, 1 + random.Next(3), (HoldingState)random.Next(4), Evidence.Hash)]),
            < 9 => new PinSet(item.Item, PinScope.Fleet, (PinKind)random.Next(3)),
            9 => new PolicySet(Policy.DefaultName, 1 + random.Next(2), 4, 1, 0, AutoCopy: false),
            _ => new ProbeReported(
                Self, Fleet.Reachability.Up, 995 - random.Next(2) * 600, 10, 1,
                [new FreeSpace(Disk, random.Next(64) * 60_000)], []),
        };
    }

    private static DescribedItem Item(int number)
    {
        var root = Hash256.Sha256(BitConverter.GetBytes(number));
        return new DescribedItem(
            ItemId.Of(1000 + number, root), 1000 + number, 16384, root, Privacy.Unknown, Policy.DefaultName);
    }

    private async Task Say(IFleetPayload payload) => Assert.Null(
        (await _node.Get<FleetDesk>().SayAsync(payload, dryRun: false, Cancellation)).Problem);
}
