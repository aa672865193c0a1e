using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class BlobQuotasTests
{
    private const long Gibi = 1024 * 1024 * 1024;

    private static readonly NodeId Greedy = new FakeSigner(1).PublicKey.AsNodeId();
    private static readonly NodeId Other = new FakeSigner(2).PublicKey.AsNodeId();

    private readonly StoppedTime _time = new();
    private readonly BlobQuotas _quotas;

    public BlobQuotasTests() => _quotas = new BlobQuotas(_time);

    [Fact]
    public void A_peer_has_four_places_of_each_kind_and_gets_back_what_it_leaves()
    {
        var places = Enumerable.Range(0, BlobQuotas.AtOnceMax).Select(_ => _quotas.EnterRequest(Greedy)!).ToList();
        Assert.All(places, Assert.NotNull);
        Assert.Null(_quotas.EnterRequest(Greedy));
        Assert.NotNull(_quotas.EnterTunnel(Greedy));
        Assert.NotNull(_quotas.EnterRequest(Other));
        places[0].Dispose();
        places[0].Dispose();
        Assert.NotNull(_quotas.EnterRequest(Greedy));
        Assert.Null(_quotas.EnterRequest(Greedy));
    }

    [Fact]
    public void One_that_took_much_waits_and_the_others_do_not()
    {
        Assert.Null(_quotas.TakeBytes(Greedy, Gibi * 3 / 4));
        Assert.NotNull(_quotas.TakeBytes(Greedy, 1));
        Assert.Null(_quotas.TakeBytes(Other, 1));
        _time.Pass(TimeSpan.FromSeconds(3));
        Assert.Null(_quotas.TakeBytes(Greedy, 1));
    }

    [Fact]
    public void All_together_wait_once_they_took_too_much()
    {
        Assert.Null(_quotas.TakeBytes(Greedy, 2 * Gibi));
        Assert.NotNull(_quotas.TakeBytes(Other, 1));
        _time.Pass(TimeSpan.FromSeconds(10));
        Assert.Null(_quotas.TakeBytes(Other, 1));
    }
}
