using Anarchive.Node;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Where segments begin, which is said before any is made.</summary>
public sealed class HlsTimelineTests
{
    [Fact]
    public void A_playlist_is_complete_from_the_start() =>
        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-TARGETDURATION:5
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MAP:URI="init.mp4"
            #EXTINF:4.440,
            0.m4s
            #EXTINF:2.960,
            1.m4s
            #EXTINF:2.605,
            2.m4s
            #EXT-X-ENDLIST

            """,
            HlsTimeline.At([23, 4_440, 7_400], 10_005).Playlist());

    [Fact]
    public void Every_moment_belongs_to_the_segment_that_began_last() =>
        Prop.ForAll<PositiveInt, PositiveInt>((length, moment) =>
        {
            var timeline = HlsTimeline.Even(length.Get);
            var ms = moment.Get % length.Get;
            var at = timeline.SegmentAt(ms * 1_000L);
            Assert.InRange(at, 0, timeline.Count - 1);
            Assert.True(timeline.StartMs(at) <= ms + 2);
            Assert.True(at + 1 == timeline.Count || ms < timeline.StartMs(at + 1));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3_999, 1)]
    [InlineData(4_000, 1)]
    [InlineData(4_499, 1)]
    [InlineData(4_500, 2)]
    [InlineData(8_000, 2)]
    [InlineData(24 * 3_600_000, 21_600)]
    public void A_last_segment_is_never_a_sliver(long durationMs, int count)
    {
        var timeline = HlsTimeline.Even(durationMs);
        Assert.Equal(count, timeline.Count);
        Assert.Equal(0, timeline.StartMs(0));
        Assert.Equal(count, timeline.Playlist().Split("#EXTINF").Length - 1);
    }

    [Fact]
    public void A_frame_that_rounding_moved_before_its_segment_still_belongs_to_it()
    {
        var timeline = HlsTimeline.Even(20_000);
        long[] times = [4_000_000, 3_999_990, 3_990_000, -50_000, long.MaxValue / 2];
        Assert.Equal([1, 1, 0, 0, 4], times.Select(timeline.SegmentAt));
    }
}
