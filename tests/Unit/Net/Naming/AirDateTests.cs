using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class AirDateTests
{
    [Theory]
    [InlineData("Evening.Talk.2024.02.29.Guest.720p", "2024-02-29")]
    [InlineData("Evening Talk 2024-03-01 Guest", "2024-03-01")]
    [InlineData("Evening_Talk_2024_03_01_720p", "2024-03-01")]
    [InlineData("Evening.Talk.2012.16.02.PDTV", "2012-02-16")]
    [InlineData("Evening.Talk.04.28.2014.HDTV", "2014-04-28")]
    [InlineData("Evening Talk - 30-04-2024 HDTV", "2024-04-30")]
    [InlineData("Evening.Talk.05.05.2024.HDTV", "2024-05-05")]
    [InlineData("Evening.Talk.140722.720p.HDTV", "2014-07-22")]
    [InlineData("Evening Talk 20201013 720p", "2020-10-13")]
    [InlineData("Evening Talk 5th Mar 2025 1080p", "2025-03-05")]
    [InlineData("Evening Talk 22 October 2016 [720p]", "2016-10-22")]
    [InlineData("Evening Talk May 23, 2014.mp4", "2014-05-23")]
    public void Days_are_read_in_the_ways_they_are_written(string name, string day)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(("Evening Talk", day), (read.Title, $"{read.AirDate:yyyy-MM-dd}"));
        Assert.Empty(read.Episodes);
        Assert.Empty(read.Absolute);
        Assert.Equal(ReleaseKind.Episode, read.Kind);
    }

    [Theory]
    [InlineData("Evening.Talk.12.02.2025.1080p.HDTV")]
    [InlineData("Evening Talk - 05-06-2024 HDTV")]
    [InlineData("Evening.Talk.2023.02.29.720p")]
    [InlineData("Evening Talk - 07x03 - 2005.11.70")]
    [InlineData("Evening.Talk.141322.720p.HDTV")]
    public void What_could_be_two_days_or_is_none_is_no_date(string name) =>
        Assert.Null(NameParser.Parse(name).AirDate);

    [Theory]
    [InlineData("221208 Evening Talk ep34 [720p].mp4", "Evening Talk", 34)]
    [InlineData("Evening Talk 20201013 Ep7432 [720p]", "Evening Talk", 7432)]
    [InlineData("Evening.Talk.E56.190121.720p-GRP", "Evening Talk", 56)]
    public void A_day_may_have_a_number_too(string name, string title, int number)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(title, read.Title);
        Assert.Equal([number], read.Absolute);
        Assert.NotNull(read.AirDate);
    }

    [Fact]
    public void Season_and_episode_beside_a_day_are_kept()
    {
        var read = NameParser.Parse("Evening Talk S41 E104 2014-08-15 720p");
        Assert.Equal((41, new DateOnly(2014, 8, 15)), (read.Season, read.AirDate));
        Assert.Equal([104], read.Episodes);
    }
}
