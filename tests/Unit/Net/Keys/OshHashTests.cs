using System.Numerics;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class OshHashTests
{
    [Fact]
    public void Of_a_file_of_zeros_the_length_is_left()
    {
        var end = new byte[OshHash.EndBytes];
        Assert.Equal("osh:0000000000020000:131072", OshHash.KeyOf(end, end, 131_072));
        Assert.Equal("osh:00000000ffffffff:4294967295", OshHash.KeyOf(end, end, 4_294_967_295));
    }

    [Fact]
    public void Words_have_their_low_byte_first_and_the_sum_runs_over()
    {
        var (head, tail) = (new byte[OshHash.EndBytes], new byte[OshHash.EndBytes]);
        (head[0], head[8], tail[^8]) = (1, 2, 4);
        Assert.Equal("osh:0000000000020007:131072", OshHash.KeyOf(head, tail, 131_072));
        (head[7], tail[^1]) = (0xff, 0xff);
        Assert.Equal("osh:fe00000000020007:131072", OshHash.KeyOf(head, tail, 131_072));
    }

    [Fact]
    public void It_is_the_sum_of_all_words_of_both_ends_and_the_length()
    {
        var random = new Random(11);
        for (var run = 0; run < 50; run++)
        {
            var (head, tail) = (new byte[OshHash.EndBytes], new byte[OshHash.EndBytes]);
            random.NextBytes(head);
            random.NextBytes(tail);
            var bytes = random.NextInt64(131_072, 1L << 45);
            // Whole numbers without an end, cut to 64 bits once.
            var sum = new BigInteger(bytes);
            foreach (var word in head.Concat(tail).Chunk(8)) sum += new BigInteger(word, isUnsigned: true);
            var expected = (sum % BigInteger.Pow(2, 64)).ToString("x16", null);
            var key = OshHash.KeyOf(head, tail, bytes);
            Assert.Equal($"osh:{expected[^16..]}:{bytes}", key);
            Assert.True(ContentKey.TryParse(key, out _));
        }
    }

    [Fact]
    public void Short_files_and_ends_of_another_length_have_none()
    {
        var end = new byte[OshHash.EndBytes];
        Assert.Throws<ArgumentException>(() => OshHash.KeyOf(end, end, 131_071));
        Assert.Throws<ArgumentException>(() => OshHash.KeyOf(end.AsSpan(1), end, 131_072));
        Assert.Throws<ArgumentException>(() => OshHash.KeyOf(end, end.AsSpan(1), 131_072));
    }
}
