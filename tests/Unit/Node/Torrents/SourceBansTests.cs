using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class SourceBansTests
{
    private static readonly NodeId Bad = new FakeSigner(1).PublicKey.AsNodeId();
    private static readonly NodeId Good = new FakeSigner(2).PublicKey.AsNodeId();

    private readonly StoppedTime _time = new();
    private readonly SourceBans _bans;

    public SourceBansTests() => _bans = new SourceBans(_time);

    [Fact]
    public void A_wrong_piece_costs_an_hour_and_the_others_nothing()
    {
        Assert.False(_bans.IsBanned(Bad));
        _bans.Charge(Bad);
        Assert.Equal((true, false), (_bans.IsBanned(Bad), _bans.IsBanned(Good)));
        _time.Pass(TimeSpan.FromMinutes(59));
        Assert.True(_bans.IsBanned(Bad));
        _time.Pass(TimeSpan.FromMinutes(2));
        Assert.False(_bans.IsBanned(Bad));
    }

    [Fact]
    public void Three_wrong_pieces_within_a_day_of_each_other_cost_a_day()
    {
        foreach (var expected in new[] { 1, 1, 24 })
        {
            Assert.Equal(TimeSpan.FromHours(expected), _bans.Charge(Bad));
            _time.Pass(TimeSpan.FromHours(2));
        }

        Assert.True(_bans.IsBanned(Bad));
        _time.Pass(TimeSpan.FromHours(23));
        Assert.False(_bans.IsBanned(Bad));
        Assert.Equal(TimeSpan.FromHours(1), _bans.Charge(Bad));
    }
}
