using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ChapterNamesTests
{
    [Theory]
    [InlineData("Intro", MarkerType.Intro)]
    [InlineData("  OPENING credits ", MarkerType.Intro)]
    [InlineData("[OP]", MarkerType.Intro)]
    [InlineData("OP 2", MarkerType.Intro)]
    [InlineData("オープニング", MarkerType.Intro)]
    [InlineData("Générique de fin", MarkerType.Outro)]
    [InlineData("End Credits", MarkerType.Outro)]
    [InlineData("ED1", MarkerType.Outro)]
    [InlineData("Previously on...", MarkerType.Recap)]
    [InlineData("Next episode preview", MarkerType.Preview)]
    [InlineData("Chapter 1", null)]
    [InlineData("The opening move", null)]
    [InlineData("Credits where credits are due", null)]
    [InlineData("", null)]
    [InlineData("7", null)]
    public void A_whole_title_names_its_kind(string title, MarkerType? type) =>
        Assert.Equal(type, ChapterNames.TypeOf(title));

    [Fact]
    public void A_title_of_any_length_is_read() => Assert.Null(ChapterNames.TypeOf(new string('o', 1_000_000)));

    [Fact]
    public void A_chapter_too_long_too_short_or_backwards_for_its_kind_is_none()
    {
        Chapter[] chapters =
        [
            new("Opening", 0, 4_999), new("Opening", 0, 300_001), new("Opening", 9_000, 0), new("Opening", -9_000, 0),
            new("Ending", 1_300_000, 1_390_000), new("OP", 60_000, 150_000), new("OP", 0, 90_000),
        ];
        Assert.Equal(chapters[5], ChapterNames.Find(chapters, MarkerType.Intro));
        Assert.Equal(chapters[4], ChapterNames.Find(chapters, MarkerType.Outro));
        Assert.Null(ChapterNames.Find(chapters, MarkerType.Recap));
        Assert.Null(ChapterNames.Find([], MarkerType.Intro));
    }
}
