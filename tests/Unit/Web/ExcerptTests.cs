using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("# Head\n\ntwo  *words*", "Head two words")]
    [InlineData("\\<(address)\\>\\\nMCSR\\_MASK", "<(address)> MCSR_MASK")]
    [InlineData("> quoted\n\nown words", "own words")]
    [InlineData("```diff\n+ a line\n```\nown words", "own words")]
    [InlineData("> only quoted", "only quoted")]
    [InlineData("*2010-11-15, a list*\n\nown words", "2010-11-15, a list · own words")]
    [InlineData("\u0001\u202e\tx", "\u202e x")]
    public void An_excerpt_is_one_plain_line_of_own_words(string? markdown, string? words) =>
        Assert.Equal(words, Excerpt.Of(markdown, 100));

    [Fact]
    public void A_long_text_ends_in_an_ellipsis() =>
        Assert.Equal("aaaaa…", Excerpt.Of(new string('a', 100_000), 5));

    [Fact]
    public void A_snippet_keeps_what_was_found_apart_and_loses_its_marks() =>
        Assert.Equal(
            [("a ", false), ("patch", true), (" of fsl_rio", false)],
            Excerpt.Matches("a > \u0002patch\u0003 of fsl\\_rio"));
}
