using System.Text;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class RowChangesTests
{
    [Fact]
    public void What_only_moved_to_another_place_in_the_cut_did_not_change()
    {
        var world = new EditionWorld();
        world.Add(EditionWorld.Marker(start: 1_000), device: 1);
        world.Add(EditionWorld.Marker(start: 2_000), device: 1);
        var before = world.Rows();
        foreach (var device in new[] { 0, 2, 3, 4 }) world.Add(EditionWorld.Marker(start: 9_000), device: device);
        Assert.NotEqual(EditionWorld.Node(1).ToString(), world.Cut[0].Origin);
        var lines = EditionDelta.Between(EditionWorld.Lines(before), EditionWorld.Lines(world.Rows())).ToList();
        Assert.Equal(8, lines.Count);
        var changes = RowChanges.Of(lines).ToList();
        Assert.Equal(4, changes.Count);
        Assert.All(changes, c => Assert.True(c.IsAdded));
        Assert.All(changes, c => Assert.Contains("\"start_ms\":9000", Encoding.UTF8.GetString(c.Line.Span)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("+a,0 -b,0", "+a,0 -b,0")]
    [InlineData("-a,0 +a,1", "")]
    [InlineData("+a,0 -a,1", "")]
    [InlineData("-a,0 -a,1 +a,2 +a,3 +a,4", "+a,4")]
    [InlineData("+a,0 -a,1 -a,2", "-a,2")]
    [InlineData("-a,0 +b,0 +c,1 -c,2", "-a,0 +b,0")]
    [InlineData("-a +a", "-a +a")]
    public void Pairs_that_say_the_same_are_none(string lines, string meant)
    {
        var read = lines.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Line);
        Assert.Equal(meant, string.Join(' ', RowChanges.Of(read).Select(Text)));

        static ReadOnlyMemory<byte> Line(string text) =>
            Encoding.UTF8.GetBytes(text.Replace(",", ",\"lww\":[", StringComparison.Ordinal));
        static string Text(RowChange change) => (change.IsAdded ? "+" : "-")
            + Encoding.UTF8.GetString(change.Line.Span).Replace(",\"lww\":[", ",", StringComparison.Ordinal);
    }
}
