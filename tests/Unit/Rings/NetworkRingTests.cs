using Anarchive.Log;
using Anarchive.Rings;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class NetworkRingTests
{
    private static readonly NodeId Self = Node(1);
    private static readonly NodeId Aggregator = Node(2);
    private static readonly NodeId Other = Node(3);

    [Fact]
    public void Whoever_subscribed_passes_totals_on_to_friends_and_devices() =>
        Assert.True(NetworkRing.Allows(Self, Aggregator, Aggregator, isPaired: true));

    [Fact]
    public void An_aggregator_gives_its_own_without_reading_anybodys()
    {
        Assert.True(NetworkRing.Allows(Self, Self, null, isPaired: true));
        Assert.True(NetworkRing.Counts(Self, Self, Other));
    }

    [Fact]
    public void What_was_not_asked_for_is_neither_passed_on_nor_counted()
    {
        foreach (var wanted in new NodeId?[] { null, Other, Self })
        {
            Assert.False(NetworkRing.Allows(Self, Aggregator, wanted, isPaired: true));
            Assert.False(NetworkRing.Counts(Self, Aggregator, wanted));
        }
    }

    [Fact]
    public void No_stranger_is_served_whatever_is_subscribed_to() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Self, byte Aggregator, byte? Wanted)>(),
        who => !NetworkRing.Allows(
            Node(who.Self), Node(who.Aggregator), who.Wanted is { } w ? Node(w) : null, isPaired: false))
        .QuickCheckThrowOnFailure();

    private static NodeId Node(byte number) => new(new Hash256([number, .. new byte[31]]));
}
