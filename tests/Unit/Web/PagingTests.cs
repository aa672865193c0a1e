using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>What a query string may ask for.</summary>
public sealed class PagingTests
{
    [Theory]
    [InlineData("-2")]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("")]
    [InlineData(" 5")]
    [InlineData("+5")]
    [InlineData("5.0")]
    [InlineData("1e2")]
    [InlineData("0x10")]
    [InlineData("٥")]
    [InlineData("99999999999999999999")]
    public void A_limit_outside_1_to_100_is_refused_by_code(string limit)
    {
        Assert.False(Paging.TryLimit(limit, out _, out var problem));
        Assert.Equal(("bad_limit", 400), (problem!.Code, problem.Status));
    }

    [Theory]
    [InlineData(null, WebLimits.PageDefault)]
    [InlineData("1", 1)]
    [InlineData("100", 100)]
    public void A_limit_in_bounds_is_taken(string? limit, int expected)
    {
        Assert.True(Paging.TryLimit(limit, out var count, out var problem));
        Assert.Equal(expected, count);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("best")]
    [InlineData("NEW")]
    [InlineData("")]
    [InlineData("new;drop")]
    public void An_unknown_sort_is_refused_by_code(string sort)
    {
        Assert.False(Paging.TrySort(sort, out _, out var problem));
        Assert.Equal("bad_sort", problem!.Code);
    }

    [Fact]
    public void Without_a_sort_the_newest_come_first()
    {
        Assert.True(Paging.TrySort(null, out var sort, out _));
        Assert.Equal(FeedSort.New, sort);
    }
}
