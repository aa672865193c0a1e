using Anarchive.Node;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Anarchive.Tests;

public sealed class BlobRangeTests
{
    private const string Tag = "\"tag\"";

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=5-9", 5, 5)]
    [InlineData("bytes=5-", 5, 95)]
    [InlineData("bytes=90-1000", 90, 10)]
    [InlineData("bytes=-7", 93, 7)]
    [InlineData("bytes=-700", 0, 100)]
    public void A_range_is_cut_to_the_file(string header, long from, long length) =>
        Assert.Equal(new BlobRange(from, length, IsPart: true), Read(header));

    [Theory]
    [InlineData("bytes=100-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=-0")]
    public void A_range_outside_the_file_is_none(string header) => Assert.Null(Read(header));

    [Theory]
    [InlineData("")]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("pieces=0-1")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=99999999999999999999-")]
    public void What_is_no_single_range_asks_for_the_whole(string header) =>
        Assert.Equal(new BlobRange(0, 100, IsPart: false), Read(header));

    [Fact]
    public void A_range_of_another_version_asks_for_the_whole()
    {
        Assert.Equal(new BlobRange(0, 100, IsPart: false), Read("bytes=0-1", "\"other\""));
        Assert.Equal(new BlobRange(0, 2, IsPart: true), Read("bytes=0-1", Tag));
    }

    private static BlobRange? Read(string header, string? ifRange = null)
    {
        var request = new DefaultHttpContext().Request;
        if (header.Length > 0) request.Headers.Range = header;
        if (ifRange is not null) request.Headers.IfRange = ifRange;
        return BlobRange.Of(request, 100, Tag);
    }
}
