using System.IO.Compression;
using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Lines in compressed files, and the hashes of such files.</summary>
public sealed class EditionBytesTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private string File => _scratch.At("a.br");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20_000)]
    public void Lines_come_back_as_they_went_in(int count)
    {
        var lines = Enumerable.Range(0, count).Select(i => new string((char)('a' + i % 26), i % 97 + 1)).ToArray();
        var (raw, rows) = Write(lines);
        Assert.Equal((lines.Sum(l => l.Length + 1), count), (raw, rows));
        Assert.True(BrotliLines.ExpandsTo(File, raw));
        Assert.False(BrotliLines.ExpandsTo(File, raw + 1));
        if (raw > 0) Assert.False(BrotliLines.ExpandsTo(File, raw - 1));
        Assert.Equal(lines, BrotliLines.Read(File, raw, 200).Select(l => Encoding.ASCII.GetString(l.Span)));
    }

    [Theory]
    [InlineData(128 * 1024)]
    [InlineData(128 * 1024 - 1)]
    [InlineData(128 * 1024 + 1)]
    [InlineData(256 * 1024)]
    public void Lines_that_fill_a_buffer_come_back(int bytes)
    {
        var line = new string('a', bytes - 1);
        Assert.Equal((bytes, 1), Write(line));
        Assert.True(BrotliLines.ExpandsTo(File, bytes));
        Assert.Equal([bytes - 1], BrotliLines.Read(File, bytes, bytes).Select(l => l.Length));
    }

    [Fact]
    public void Other_programs_expand_it()
    {
        Write("a", "b");
        using var from = new BrotliStream(System.IO.File.OpenRead(File), CompressionMode.Decompress);
        Assert.Equal("a\nb\n", new StreamReader(from).ReadToEnd());
    }

    [Fact]
    public void A_bomb_is_not_expanded_past_what_was_stated()
    {
        // 256 MiB of one letter in some hundred bytes.
        using (var to = new BrotliStream(System.IO.File.Create(File), CompressionLevel.Fastest))
        {
            var zeros = new byte[16 * 1024 * 1024];
            for (var i = 0; i < 16; i++) to.Write(zeros);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(BrotliLines.ExpandsTo(File, 1_000));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void What_is_cut_off_goes_on_or_is_no_Brotli_does_not_expand()
    {
        var (raw, _) = Write([.. Enumerable.Range(0, 5_000).Select(i => $"line {i * 7919}")]);
        var whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, whole[..^1]);
        Assert.False(BrotliLines.ExpandsTo(File, raw));
        System.IO.File.WriteAllBytes(File, [.. whole, 0]);
        Assert.False(BrotliLines.ExpandsTo(File, raw));
        System.IO.File.WriteAllBytes(File, []);
        Assert.False(BrotliLines.ExpandsTo(File, raw));
        System.IO.File.WriteAllBytes(File, Encoding.ASCII.GetBytes("no such thing as Brotli, not at all"));
        Assert.False(BrotliLines.ExpandsTo(File, raw));
        System.IO.File.WriteAllBytes(File, whole);
        Assert.True(BrotliLines.ExpandsTo(File, raw));
    }

    [Fact]
    public void A_line_without_end_or_too_long_is_no_row()
    {
        Pack("short\n" + new string('x', 500_000) + "\nnever\n");
        var lines = BrotliLines.Read(File, 500_013, 100).Select(l => l.Length).ToArray();
        Assert.Equal([5, 101], lines);
        Pack("short\nunfinished");
        var last = BrotliLines.Read(File, 16, 100).Select(l => Encoding.ASCII.GetString(l.Span)).ToArray();
        Assert.Equal(["short", "\0"], last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(5 * 16_384)]
    [InlineData(300_001)]
    public void The_tree_of_a_file_is_that_of_BEP_52(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var digest = EditionDigest.Of(new MemoryStream(bytes), length)!;
        // Written the other way about: all leaves first, then level by level.
        var leaves = bytes.Chunk(16_384).Select(b => Hash256.Sha256(b)).ToList();
        var width = 1;
        while (width < leaves.Count) width *= 2;
        while (leaves.Count < width) leaves.Add(Hash256.Zero);
        while (leaves.Count > 1)
            leaves = [.. leaves.Chunk(2).Select(p => Hash256.Sha256(p[0].ToArray(), p[1].ToArray()))];
        Assert.Equal(leaves[0], digest.PiecesRoot);
        Assert.Equal(Hash256.Sha256(bytes), digest.Sha256);
        Assert.Equal(bytes.Chunk(262_144).SelectMany(p => Hash160.Of(p).ToArray()), digest.Pieces);
    }

    private (long Raw, long Rows) Write(params string[] lines)
    {
        using var to = System.IO.File.Create(File);
        return BrotliLines.Write(to, lines.Select(l => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(l)));
    }

    private void Pack(string text)
    {
        using var to = new BrotliStream(System.IO.File.Create(File), CompressionLevel.Fastest);
        to.Write(Encoding.ASCII.GetBytes(text));
    }
}
