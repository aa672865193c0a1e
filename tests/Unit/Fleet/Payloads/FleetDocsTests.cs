using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What docs/events.md shows of a fleet is what this program reads and computes.</summary>
public sealed class FleetDocsTests
{
    private static readonly string Page = Checkout.Read("docs/events.md").Split("\n## Fleets\n")[1];

    [Fact]
    public void Every_kind_is_listed_with_an_example_that_is_read()
    {
        var examples = Page.Split('\n').Where(line => line.Contains(" {\"", StringComparison.Ordinal))
            .Where(line => FleetApp.Kinds.Contains(new Kind(line.Split(' ')[0])))
            .Select(line => (Kind: new Kind(line.Split(' ')[0]), Json: line[(line.IndexOf(' ') + 1)..])).ToList();
        Assert.Equal(FleetApp.Kinds.Count, examples.Select(example => example.Kind).Distinct().Count());
        Assert.All(examples, example =>
            Assert.NotNull(FleetPayloads.ReadPayload(example.Kind, Encoding.UTF8.GetBytes(example.Json))));
        Assert.All(FleetApp.Kinds, kind => Assert.Contains($"`{kind}`", Page));
    }

    [Fact]
    public void The_digests_are_those_of_the_page()
    {
        using var none = new FleetStateDigest();
        Assert.Contains($"| no registers | `{none.Finish()}` |", Page);
        using var one = new FleetStateDigest();
        var key = new byte[33];
        key[0] = 10;
        var order = new OwnerFirst(0, new Hlc(1), default, 1, new Incarnation(1));
        one.Add(key, new RegisterWrite(key, order, default).OrderKey(), "{\"ttl_s\":1}"u8);
        Assert.Contains($"`{one.Finish()}` |", Page);
    }

    [Fact]
    public void Registers_out_of_order_have_no_digest()
    {
        using var digest = new FleetStateDigest();
        digest.Add([2], [], []);
        Assert.Throws<InvalidOperationException>(() => digest.Add([2], [], []));
        Assert.Throws<InvalidOperationException>(() => digest.Add([1, 9], [], []));
    }

    [Fact]
    public void An_orders_bytes_compare_as_it_does()
    {
        var random = new Random(3);
        OwnerFirst Next() => new(
            0, new Hlc((ulong)random.NextInt64(3) << 62), new NodeId(Sample.Hash(random.Next(3))), random.Next(1, 3),
            new Incarnation((ulong)random.NextInt64() << random.Next(2)));
        for (var i = 0; i < 1000; i++)
        {
            var (left, right) = (new RegisterWrite([], Next(), default), new RegisterWrite([], Next(), default));
            Assert.Equal(
                Math.Sign(left.Order.CompareTo(right.Order)),
                Math.Sign(left.OrderKey().AsSpan().SequenceCompareTo(right.OrderKey())));
            Assert.Equal(left.Order, RegisterWrite.ReadOrder(left.OrderKey()));
        }
    }
}
