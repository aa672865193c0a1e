using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Hives that change hands between running nodes.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
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
    public async Task A_hive_is_handed_over_with_the_new_owners_consent()
    {
        var (text, _) = _b.Get<Ownership>().Consent("cats");
        Assert.Null(await _a.Get<Ownership>().TransferAsync("cats", _b.Id.ToString(), text!, false, Cancellation));
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        Assert.All([_a, _b], n => Assert.Equal(_b.Id, n.Writer.AuthorityOf(_group).Owner));
        Assert.Null((await _b.Mesh.InviteAsync("cats", Cancellation)).Problem);
        Assert.Equal("not_permitted", (await _a.Mesh.InviteAsync("cats", Cancellation)).Problem?.Code);
        await _b.Restart(stopFirst: true);
        Assert.Equal(_b.Id, _b.Writer.AuthorityOf(_group).Owner);
        await _a.Say(_group);
        await Eventually.InStep(_group, _a, _b);
    }

    [Fact]
    public async Task What_does_not_hold_is_refused_and_changes_nothing()
    {
        var before = _a.Writer.Durable(_group).Digest();
        var (text, _) = _b.Get<Ownership>().Consent("cats");
        var (a, b) = (_a.Get<Ownership>(), _b.Get<Ownership>());
        var (node, own) = (_b.Id.ToString(), _a.Id.ToString());
        (Problem? Problem, string Code)[] refusals =
        [
            (a.Consent("cats").Problem, "already_owner"),
            (a.Consent("dogs").Problem, "not_found"),
            (await a.TransferAsync("cats", node, "ac1AAAA", false, Cancellation), "bad_consent"),
            (await a.TransferAsync("cats", node, text![..^6] + "AAAAAA", false, Cancellation), "bad_consent"),
            (await a.TransferAsync("cats", own, text, false, Cancellation), "not_found"),
            (await a.TransferAsync("cats", "an1", text, false, Cancellation), "bad_instance_id"),
            (await b.TransferAsync("cats", node, text, false, Cancellation), "not_the_owner"),
            (await a.NameHeirsAsync("cats", [own], 1, Cancellation), "bad_heirs"),
            (await a.NameHeirsAsync("cats", [node, node], 1, Cancellation), "bad_heirs"),
            (await a.NameHeirsAsync("cats", [node], 0, Cancellation), "bad_quorum"),
            (await b.NameHeirsAsync("cats", [own], 1, Cancellation), "not_the_owner"),
            (await b.ActAsync("cats", SuccessionAct.Propose, Cancellation), "not_an_heir"),
            (await b.ActAsync("cats", SuccessionAct.Veto, Cancellation), "not_the_owner"),
            (await a.ActAsync("cats", SuccessionAct.Veto, Cancellation), "not_found"),
            (await b.ActAsync("cats", SuccessionAct.Endorse, Cancellation), "not_a_moderator"),
            (await b.ActAsync("cats", SuccessionAct.Succeed, Cancellation), "not_found"),
        ];
        Assert.All(refusals, r => Assert.Equal(r.Code, r.Problem?.Code));
        Assert.Null(await a.TransferAsync("cats", node, text, true, Cancellation));
        Assert.Equal(before, _a.Writer.Durable(_group).Digest());
        Assert.Null(await a.NameHeirsAsync("cats", [node], 1, Cancellation));
        await Eventually.InStep(_group, _a, _b);
        Assert.Equal("owner_not_silent", (await b.ActAsync("cats", SuccessionAct.Propose, Cancellation))?.Code);
    }
}
