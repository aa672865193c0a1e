using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class QuotasTests
{
    private static readonly NodeId Flooding = new FakeSigner(1).PublicKey.AsNodeId();
    private static readonly NodeId Other = new FakeSigner(2).PublicKey.AsNodeId();

    private readonly StoppedTime _time = new();
    private readonly Quotas _quotas;

    public QuotasTests() => _quotas = new Quotas(_time);

    [Fact]
    public void An_origin_that_floods_leaves_others_their_share()
    {
        Assert.True(_quotas.TakeOrigin(Flooding, 1_000_000, 0));
        Assert.False(_quotas.TakeOrigin(Flooding, 1, 1));
        Assert.True(_quotas.TakeOrigin(Other, 1, 1));
        // Who passes it on is another account.
        Assert.Null(_quotas.TakePush(Flooding, 1, 1));
    }

    [Fact]
    public void Bytes_count_as_events_do()
    {
        Assert.True(_quotas.TakeOrigin(Flooding, 1, long.MaxValue));
        Assert.False(_quotas.TakeOrigin(Flooding, 1, 1));
    }

    [Fact]
    public void An_origin_may_go_on_when_its_share_has_refilled()
    {
        _quotas.TakeOrigin(Flooding, 100_000, 0);
        _time.Pass(TimeSpan.FromSeconds(5));
        Assert.False(_quotas.TakeOrigin(Flooding, 1, 1));
        _time.Pass(TimeSpan.FromSeconds(5));
        Assert.True(_quotas.TakeOrigin(Flooding, 1, 1));
    }

    [Fact]
    public void Whoever_has_sent_too_much_is_told_to_wait_before_the_next_body_is_read()
    {
        Assert.Null(_quotas.WaitBeforePush(Flooding));
        Assert.Null(_quotas.TakePush(Flooding, 100_000, 1));
        Assert.Equal(8, _quotas.WaitBeforePush(Flooding));
        Assert.Null(_quotas.WaitBeforePush(Other));
        _time.Pass(TimeSpan.FromSeconds(9));
        Assert.Null(_quotas.WaitBeforePush(Flooding));
        // Asking took nothing.
        Assert.Null(_quotas.TakePush(Flooding, 1, long.MaxValue));
        Assert.NotNull(_quotas.WaitBeforePush(Flooding));
    }

    [Fact]
    public void Credit_ends_with_the_share_of_a_peer()
    {
        Assert.Equal(WireCredit.Full, _quotas.CreditOf(Flooding, 0));
        _quotas.TakePush(Flooding, 100_000, 0);
        Assert.Equal(WireCredit.None, _quotas.CreditOf(Flooding, 0));
        Assert.Equal(WireCredit.Full, _quotas.CreditOf(Other, 0));
        _time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(WireCredit.Full, _quotas.CreditOf(Flooding, 0));
    }

    [Fact]
    public void Credit_ends_for_all_at_the_longest_backlog()
    {
        Assert.Equal(WireCredit.Full, _quotas.CreditOf(Other, Limits.BacklogMax - 1));
        Assert.Equal(WireCredit.None, _quotas.CreditOf(Other, Limits.BacklogMax));
    }
}
