using System.Security.Cryptography;
using System.Text;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SignalBoxTests
{
    private static readonly SignalReport Report = new(
        1, new string('7', 64), "2026-W07", [new SignalItem("work:tvdb:s81797/1/5", SignalMetric.Finished)], []);

    [Fact]
    public void A_node_has_one_key_as_long_as_it_has_its_secret()
    {
        Assert.Equal(Box(1).PublicKey, Box(1).PublicKey);
        Assert.NotEqual(Box(1).PublicKey.ToArray(), Box(2).PublicKey.ToArray());
        // libsodium's manual: the secret key of a seed is the first half of its SHA-512.
        Assert.Equal(SHA512.HashData(new byte[32])[..32], Sodium.BoxKeyPair(new byte[32]).Secret);
    }

    [Fact]
    public void What_was_sealed_for_an_aggregator_is_opened_by_it_alone()
    {
        var (mine, others) = (Box(1), Box(2));
        var box = SignalBox.Seal(Report, mine.PublicKey)!;
        Assert.Equal(Report.Write(), mine.Open(box));
        Assert.Null(others.Open(box));
    }

    [Fact]
    public void Boxes_are_equally_long_never_alike_and_tell_nothing()
    {
        var mine = Box(1);
        var full = Report with
        {
            Items = [.. Enumerable.Range(1, 50).Select(n => new SignalItem($"work:mal:{n}/1/1", SignalMetric.Kept))],
        };
        var boxes = new[] { Report, Report, full }.Select(r => SignalBox.Seal(r, mine.PublicKey)!).ToArray();
        Assert.All(boxes, b => Assert.Equal(SignalBox.SealedBytes, b.Length));
        Assert.NotEqual(boxes[0], boxes[1]);
        Assert.All(boxes, b => Assert.DoesNotContain("work:", Encoding.Latin1.GetString(b)));
    }

    [Fact]
    public void A_box_that_was_changed_cut_or_made_up_is_none()
    {
        var mine = Box(1);
        var box = SignalBox.Seal(Report, mine.PublicKey)!;
        foreach (var at in new[] { 0, 31, 32, 47, 48, box.Length - 1 })
        {
            var changed = box.ToArray();
            changed[at] ^= 1;
            Assert.Null(mine.Open(changed));
        }

        Assert.Null(mine.Open(box.AsSpan(1)));
        Assert.Null(mine.Open([]));
        Assert.Null(mine.Open(new byte[SignalBox.SealedBytes]));
    }

    [Fact]
    public void Nothing_is_sealed_for_a_key_that_anybody_could_open()
    {
        // The points of order 1 and 2 on Curve25519.
        var one = new byte[32];
        Assert.Null(SignalBox.Seal(Report, one));
        one[0] = 1;
        Assert.Null(SignalBox.Seal(Report, one));
        Assert.Throws<ArgumentException>(() => SignalBox.Seal(Report, new byte[31]));
    }

    private static SignalBox Box(byte seed) => new([.. Enumerable.Repeat(seed, 32)]);
}
