using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What a fleet's log says of what is watched.</summary>
public sealed class ViewingFoldTests
{
    private readonly FleetLog _log = new();
    private readonly FleetWriter _nas;
    private readonly FleetWriter _desk;

    public ViewingFoldTests() => (_nas, _desk) = (_log.Node("nas"), _log.Node("desk"));

    private FleetState State => _log.Fold().State;

    private static ItemId Item => Sample.Item(1);

    [Fact]
    public void How_far_somebody_came_is_the_last_word_of_any_device_and_no_part_of_the_digest()
    {
        _nas.Declare();
        var digest = _log.Fold().Digest();
        _nas.Say(new ViewingSet(Item, 1_000, 9_000));
        _desk.Say(new ViewingSet(Item, 5_000, 9_000, 7));
        var told = Assert.Single(State.Viewings).Value;
        Assert.Equal((5_000, 7, _desk.Device), (told.Said.PositionMs, told.Said.WatchedMs, told.On));
        _nas.Say(new ViewingSet(Item));
        told = Assert.Single(State.Viewings).Value;
        Assert.Equal((null, _nas.Device), (told.Said.PositionMs, told.On));
        Assert.Equal(digest, _log.Fold().Digest());
    }

    [Fact]
    public void A_word_on_what_is_watched_that_was_erased_is_nothing()
    {
        var said = _nas.Say(new ViewingSet(Item, 1_000, 9_000));
        Assert.Single(FleetFold.Writes(said));
        Assert.Empty(FleetFold.Writes(new VerifiedEvent(_log.Group, new Event(said.Header, null), null)));
        var schema = new FleetPayloads();
        Assert.Equal(
            [FleetApp.ViewingSet], FleetApp.Kinds.Where(kind => !schema.RequiresPayload(kind)));
    }
}
