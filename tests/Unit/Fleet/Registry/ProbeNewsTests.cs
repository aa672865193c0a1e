using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ProbeNewsTests
{
    private static readonly VolumeId Disk = new(7);

    private static readonly Probe Said = new(
        new DeviceId(Hash256.Sha256([1])), new NodeId(Hash256.Sha256([2])), Reachability.Up, 960, 100, 1_000, 1_000,
        new Dictionary<VolumeId, long> { [Disk] = 640 }, []);

    [Fact]
    public void The_first_word_is_always_due() => Assert.True(ProbeNews.IsDue(null, Said));

    [Fact]
    public void Another_average_in_the_same_bucket_and_a_later_answer_wait_for_the_day()
    {
        var later = Said with { UptimePermille = 989, LastOkMs = 80_000_000, Samples = 400 };
        Assert.False(ProbeNews.IsDue(Said, later with { AtMs = Said.AtMs + ProbeNews.DailyMs - 1 }));
        Assert.True(ProbeNews.IsDue(Said, later with { AtMs = Said.AtMs + ProbeNews.DailyMs }));
    }

    [Fact]
    public void A_change_of_bucket_state_flags_or_volumes_is_due_at_once()
    {
        Assert.True(ProbeNews.IsDue(Said, Said with { UptimePermille = 949 }));
        Assert.True(ProbeNews.IsDue(Said, Said with { State = Reachability.Suspect }));
        Assert.True(ProbeNews.IsDue(Said, Said with { Flags = ["client_down"] }));
        Assert.True(ProbeNews.IsDue(Said, Said with { FreeBytes = new Dictionary<VolumeId, long>() }));
        Assert.True(ProbeNews.IsDue(Said, Said with { FreeBytes = new Dictionary<VolumeId, long> { [Disk] = 630 } }));
        Assert.True(ProbeNews.IsDue(
            Said, Said with { FreeBytes = new Dictionary<VolumeId, long> { [new VolumeId(8)] = 640 } }));
        Assert.False(ProbeNews.IsDue(
            Said, Said with { FreeBytes = new Dictionary<VolumeId, long> { [Disk] = 640 }, Flags = [] }));
    }

    [Theory]
    [InlineData(null, 6_499, 6_400)]
    [InlineData(6_400L, 6_499, 6_400)]
    [InlineData(6_400L, 6_375, 6_400)]
    [InlineData(6_400L, 6_374, 6_300)]
    [InlineData(6_400L, 6_524, 6_400)]
    [InlineData(6_400L, 6_525, 6_500)]
    [InlineData(null, 0, 0)]
    [InlineData(null, -5, 0)]
    [InlineData(6_400L, 0, 0)]
    public void Space_is_told_in_64_steps_and_stays_as_told_while_nearly_right(long? said, long free, long told) =>
        Assert.Equal(told, ProbeNews.FreeToSay(said, free, 6_400));

    [Fact]
    public void A_volume_smaller_than_its_steps_is_told_exactly() => Assert.Equal(5, ProbeNews.FreeToSay(null, 5, 10));
}
