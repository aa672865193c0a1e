using System.Text;
using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>A delta makes the very state it was made from, or is refused.</summary>
public sealed class EditionDeltaTests
{
    [Fact]
    public void A_chain_of_deltas_comes_to_the_state_of_a_fresh_full_edition() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), IsEqual).QuickCheckThrowOnFailure();

    private static bool IsEqual(int seed)
    {
        // One device more would move chains in the cut; they are all there from the start.
        var world = new EditionWorld(seed).Live(60);
        var cut = world.Cut;
        IEnumerable<ReadOnlyMemory<byte>> carried = [];
        for (var part = 1; part <= 6; part++)
        {
            var now = EditionWorld.Lines(EditionRows.Fleet("intro-markers", cut, world.Sources.Take(part * 10)));
            var lines = EditionDelta.Between(carried, now).ToArray();
            carried = EditionDelta.Apply(carried, lines).ToArray();
            if (EditionState.RootOf(carried) != EditionState.RootOf(now)) return false;
        }

        return true;
    }

    [Fact]
    public void Lines_stand_in_the_order_of_their_rows() =>
        Assert.Equal("-a +b -d +e", Text(EditionDelta.Between(Rows("a c d"), Rows("b c e"))));

    [Theory]
    [InlineData("a c", "+b", "a b c")]
    [InlineData("a c", "-a +b -c +d", "b d")]
    [InlineData("", "+a", "a")]
    [InlineData("a", "-a", "")]
    [InlineData("a", "", "a")]
    public void Lines_change_rows(string before, string lines, string after) =>
        Assert.Equal(after, Text(EditionDelta.Apply(Rows(before), Rows(lines))));

    [Theory]
    [InlineData("a c", "+a")]
    [InlineData("a c", "-b")]
    [InlineData("a c", "-d")]
    [InlineData("a c", "+d +b")]
    [InlineData("a c", "+b +b")]
    [InlineData("a c", "-a +a")]
    [InlineData("a c", "b")]
    [InlineData("a c", "*b")]
    [InlineData("a c", "+")]
    public void A_line_that_is_no_change_ends_it_with_nothing(string before, string lines) =>
        Assert.True(EditionDelta.Apply(Rows(before), Rows(lines)).Last().IsEmpty);

    [Theory]
    [InlineData(50, 100, false)]
    [InlineData(51, 100, true)]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, true)]
    public void More_than_half_as_many_lines_make_it_full(long lines, long rows, bool full) =>
        Assert.Equal(full, EditionDelta.IsFullBetter(lines, rows));

    [Fact]
    public void Roots_tell_rows_from_their_sum()
    {
        Assert.NotEqual(EditionState.RootOf(Rows("ab")), EditionState.RootOf(Rows("a b")));
        Assert.NotEqual(EditionState.RootOf(Rows("")), EditionState.RootOf(Rows("a")));
        // By sha256sum over "anarchive/v1/part-edition", a zero byte, and "a\n".
        Assert.Equal(
            "d08c910a49a67eb10e557589c34be84b91ae87ec5e9cf0c8c308f84e49f310aa",
            EditionState.RootOf(Rows("a")).ToString());
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Rows(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(r => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(r));

    private static string Text(IEnumerable<ReadOnlyMemory<byte>> rows) =>
        string.Join(' ', rows.Select(r => Encoding.ASCII.GetString(r.Span)));
}
