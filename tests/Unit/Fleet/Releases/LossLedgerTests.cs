using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class LossLedgerTests
{
    private static readonly Epoch Tick = new(7);
    private static readonly Epoch Next = new(8);

    [Fact]
    public void Losses_of_one_place_add_up_and_the_greatest_is_told_first()
    {
        var ledger = LossLedger.Empty
            .Count(Tick, [Lost(1, 3), Lost(2, 5)], isOpen: false, nowMs: 10)
            .Count(Tick, [Lost(1, 4)], isOpen: false, nowMs: 11);
        Assert.Equal([Lost(1, 7), Lost(2, 5)], ledger.Counts);
        Assert.Null(ledger.OpenedMs);
    }

    [Fact]
    public void A_new_tick_forgets_what_opened_nothing()
    {
        var ledger = LossLedger.Empty.Count(Tick, [Lost(1, 3)], isOpen: false, nowMs: 10)
            .Count(Next, [Lost(2, 1)], isOpen: false, nowMs: 20);
        Assert.Equal([Lost(2, 1)], ledger.Counts);
    }

    [Fact]
    public void What_opened_the_breaker_stays_to_be_looked_at()
    {
        var ledger = LossLedger.Empty.Count(Tick, [Lost(1, 60)], isOpen: true, nowMs: 10);
        var after = ledger.Count(Tick, [Lost(2, 2)], isOpen: true, nowMs: 12)
            .Count(Next, [Lost(3, 9)], isOpen: true, nowMs: 20);
        Assert.Equal(10, after.OpenedMs);
        Assert.Equal([Lost(1, 60), Lost(2, 2)], after.Counts);
    }

    [Fact]
    public void Places_beyond_the_most_are_not_told_apart()
    {
        var all = Enumerable.Range(1, 100).Select(i => Lost((byte)i, i)).ToList();
        var ledger = LossLedger.Empty.Count(Tick, all, isOpen: true, nowMs: 10);
        Assert.Equal(LossLedger.PlacesMax, ledger.Counts.Count);
        Assert.Equal(100, ledger.Counts[0].Copies);
    }

    private static LossCount Lost(byte device, int copies) => new(
        LossKind.Gone, new DeviceId(Hash256.Sha256([device])), new VolumeId(device), copies);
}
