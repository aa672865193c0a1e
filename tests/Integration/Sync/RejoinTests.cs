using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Leaving a hive is said where the hive is shown, and is taken back by one press.</summary>
public sealed class RejoinTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        _b = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_member_leaves_and_takes_part_again_on_the_hives_page()
    {
        using var person = new Visitor(_b.Address);
        Assert.DoesNotContain("hive-left", (await person.SeeAsync("/h/cats")).Text);
        var left = await person.FillAsync("/h/cats/settings", "/h/cats/settings", ("do", "leave"));
        Assert.Equal((303, "/h/cats"), (left.Status, left.Location));
        var page = (await person.SeeAsync("/h/cats")).Text;
        Assert.Contains("This node has left this hive", page);
        Assert.DoesNotContain("/h/cats/post", page);
        Assert.Contains("left, read only", (await person.SeeAsync("/")).Text);
        Assert.DoesNotContain("Leave this hive", (await person.SeeAsync("/h/cats/settings")).Text);

        await _a.Say(_group, 3);
        var back = await person.FillAsync("/h/cats", "/h/cats/settings", ("do", "rejoin"));
        Assert.Equal((303, "/h/cats"), (back.Status, back.Location));
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        Assert.Contains("/h/cats/post", (await person.SeeAsync("/h/cats")).Text);
        var again = await person.FillAsync("/h/cats", "/h/cats/settings", ("do", "rejoin"));
        Assert.Equal(409, again.Status);
        Assert.Contains("not_left", again.Text);
    }

    [Fact]
    public async Task The_owner_has_a_way_back_too_though_its_own_invite_is_none()
    {
        Assert.Equal(0, (await CommandRun.On(_a, "group", "leave", "cats")).Exit);
        var before = _a.SeqOf(_group, _b);
        await _b.Say(_group, 2);
        Assert.True(_a.Get<HiveQueries>().Hive("cats")!.HasLeft);
        // Nobody would hear that a node is out.
        using var owner = new Visitor(_a.Address);
        var there = "/h/cats/nodes/" + _b.Id;
        Assert.DoesNotContain("Take it out", (await owner.SeeAsync(there)).Text);
        Assert.Equal(409, (await owner.FillAsync("/h/cats", there)).Status);
        var taken = await CommandRun.On(_a, "group", "remove", "cats", _b.Id.ToString(), "--json");
        Assert.Equal("hive_left", taken.Code);
        // And whoever joined now would get nothing.
        Assert.Equal("hive_left", (await CommandRun.On(_a, "invite", "cats", "--json")).Code);
        Assert.True(_a.Writer.IsMember(_group, _b.Id));
        var run = await CommandRun.On(_a, "group", "rejoin", "cats");
        Assert.Equal(0, run.Exit);
        Assert.Contains("takes part in cats again", run.Results + run.Remarks);
        await Eventually.InStep(_group, _a, _b);
        Assert.True(_a.SeqOf(_group, _b) >= before + 2);
        Assert.Equal("not_left", (await CommandRun.On(_a, "group", "rejoin", "cats", "--json")).Code);
        Assert.Equal("not_found", (await CommandRun.On(_a, "group", "rejoin", "dogs", "--json")).Code);
    }

    [Fact]
    public async Task What_was_left_stays_left_over_a_start_and_who_was_taken_out_meanwhile_is_told()
    {
        Assert.Null(await _b.Mesh.LeaveAsync("cats", Cancellation));
        await _b.Restart(stopFirst: true);
        Assert.True(_b.Get<HiveQueries>().Hive("cats")!.HasLeft);
        Assert.Null(await _a.Get<Admissions>().RemoveAsync("cats", _b.Id.ToString(), false, Cancellation));
        Assert.Null(await _b.Mesh.RejoinAsync("cats", Cancellation));
        await Eventually.True(() => _b.Get<Sharing>().IsToldRemoved(_group), "It is not told.", _a, _b);
        Assert.False(_a.Writer.IsMember(_group, _b.Id));
    }
}
