using System.Text.Json.Nodes;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>In a hive that was left nothing is offered, and nothing taken, that nobody would hear of.</summary>
public sealed class LeftHiveTests : IAsyncLifetime
{
    private LiveNode _node = null!;
    private Visitor _person = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        _group = await _node.Found("cats");
        _person = new Visitor(_node.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Its_threads_and_settings_are_shown_and_offer_nothing()
    {
        var post = (await _person.FillAsync("/h/cats/post", "/h/cats/post", ("title", "Harbour"))).Location!;
        var told = await _person.FillAsync(post, post + "/reply", ("content", "A word."));
        var comment = "/c/" + told.Location!.Split("#c-")[1];
        string[] offers = ["/reply\"", "/edit\"", "/delete\"", "Vote up"];
        foreach (var (page, offered) in new[] { (post, offers), (comment, offers), ("/h/cats", ["Vote up"]) })
            foreach (var offer in offered) Assert.Contains(offer, (await _person.SeeAsync(page)).Text);
        Assert.Contains("name=\"do\" value=\"set\"", (await _person.SeeAsync("/h/cats/settings")).Text);

        Assert.Null(await _node.Mesh.LeaveAsync("cats", Cancellation));
        foreach (var page in new[] { post, comment, "/h/cats" })
        {
            var text = (await _person.SeeAsync(page)).Text;
            Assert.Contains("Harbour", text);
            foreach (var offer in offers) Assert.DoesNotContain(offer, text);
        }

        Assert.Contains("This node has left the hive", (await _person.SeeAsync(post)).Text);
        var settings = (await _person.SeeAsync("/h/cats/settings")).Text;
        foreach (var act in new[] { "set", "ban", "invite", "open" })
            Assert.DoesNotContain($"value=\"{act}\"", settings);
        foreach (var (asked, leads) in new[]
        {
            ("/h/cats/post", "/h/cats"), (post + "/edit", post), (post + "/delete", post),
            (comment + "/edit", comment), (comment + "/delete", comment),
        })
            Assert.Equal((asked, 303, leads), (asked, (await _person.SeeAsync(asked)).Status,
                (await _person.SeeAsync(asked)).Location));
        var refused = await _person.FillAsync("/h/cats", post + "/reply", ("content", "Another."));
        Assert.Equal(409, refused.Status);
        Assert.Contains("hive_left", refused.Text);
        Assert.Contains("Another.</textarea>", refused.Text);
    }

    [Fact]
    public async Task No_act_of_its_owner_is_taken()
    {
        var hives = JsonNode.Parse((await CommandRun.On(_node, "hive", "list", "--json")).Results)!;
        Assert.False((bool)hives["hives"]![0]!["left"]!);
        Assert.Null(await _node.Mesh.LeaveAsync("cats", Cancellation));
        var events = _node.Writer.Durable(_group).Count;
        var ownership = _node.Get<Ownership>();
        foreach (var refused in new[]
        {
            (await _node.Mesh.CompactAsync("cats", true, true, Cancellation)).Problem,
            (await _node.Mesh.CompactAsync("cats", false, true, Cancellation)).Problem,
            await ownership.NameHeirsAsync("cats", [], 1, Cancellation),
            await ownership.ActAsync("cats", SuccessionAct.Veto, Cancellation),
            await ownership.TransferAsync("cats", "an1", "", true, Cancellation),
            await _node.Get<Admissions>().EndorseAsync("cats", "an1", "", Cancellation),
            (await _node.Get<Admissions>().ResumeAsync("cats", Cancellation)).Problem,
        })
            Assert.Equal("hive_left", refused?.Code);
        Assert.Equal(events, _node.Writer.Durable(_group).Count);
        Assert.NotNull(ownership.Show("cats").View);
        hives = JsonNode.Parse((await CommandRun.On(_node, "hive", "list", "--json")).Results)!;
        Assert.True((bool)hives["hives"]![0]!["left"]!);
    }

    [Fact]
    public async Task One_that_was_left_before_its_first_event_has_a_way_back()
    {
        var (sharing, via) = (_node.Get<Sharing>(), new NodeId(Hash256.Sha256([1])));
        var group = new GroupId(Hash256.Sha256([2]));
        await _node.Writer.FollowAsync(group, HivesApp.GroupKind, HivesApp.DefaultRing, Cancellation);
        await sharing.FollowAsync(group, via, Cancellation);
        await _node.Get<HiveNames>().TakeAsync(group, "boats", Cancellation);
        Assert.Null(await _node.Mesh.LeaveAsync("boats", Cancellation));
        Assert.Contains("left, read only", (await _person.SeeAsync("/")).Text);
        Assert.Contains("Take part again", (await _person.SeeAsync("/h/boats")).Text);
        Assert.Null(await _node.Mesh.RejoinAsync("boats", Cancellation));
        Assert.False(sharing.HasLeft(group));
        Assert.Contains("waits for its first events", (await _person.SeeAsync("/h/boats")).Text);

        // Who was taken out is told so, and is offered nothing.
        Assert.Null(await _node.Mesh.LeaveAsync("boats", Cancellation));
        sharing.Note(group, via, saysRemoved: true);
        Assert.DoesNotContain("Take part again", (await _person.SeeAsync("/h/boats")).Text);
        Assert.Equal("not_a_member", (await _node.Mesh.RejoinAsync("boats", Cancellation))?.Code);
    }
}
