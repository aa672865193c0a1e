using System.Net;
using System.Text.RegularExpressions;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <content>What a cull takes, by whose word, and what it leaves.</content>
public sealed partial class CacheTests
{
    [Fact]
    public async Task Once_agreed_to_the_node_culls_by_itself_what_was_used_longest_ago()
    {
        var (old, young) = (await Starred("old.mkv", 1), await Starred("young.mkv", 2));
        foreach (var item in new[] { old, young }) Assert.Null(await Act(item, CacheAct.Unstar));
        _time.SetAhead(TimeSpan.FromMinutes(1));
        Assert.Null(await _laptop.Node.Get<CacheDesk>().PlayedAsync(young, toItsEnd: false, Cancellation));
        await Budget(2 * Size);
        await Cull(apply: true);
        var settings = _laptop.Node.Get<CacheBook>().Look().Settings with { BudgetBytes = Size };
        await _laptop.Node.Writer.OnWriterAsync(db => CacheTable.Put(db, settings), Cancellation);
        await Work();
        Assert.Null(_laptop.Store.Find(old));
        Assert.NotNull(_laptop.Store.Find(young));
        await Work();
        Assert.NotNull(_laptop.Store.Find(young));
    }

    [Fact]
    public async Task A_new_budget_has_to_be_agreed_to_before_the_node_culls_by_itself()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(Size);
        await Cull(apply: true);
        await Budget(0);
        await Work();
        Assert.NotNull(_laptop.Store.Find(item));
        Assert.Equal("bad_budget", (await _laptop.Node.Get<CacheDesk>().SetBudgetAsync(-1, false, Cancellation))?.Code);
    }

    [Fact]
    public async Task A_cull_takes_what_its_page_showed_or_nothing()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(Size / 2);
        using var http = await _laptop.Owner();
        var page = await http.GetStringAsync("/cache", Cancellation);
        Assert.Contains("Let these go", page);
        var shown = Regex.Match(page, "/cache\\?plan=[0-9a-f]{64}").Value;
        // Less room is something else to agree to, though the same row goes.
        await Budget(0);
        var refused = await http.Send(page, shown, ("do", "cull"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("plan_changed", refused.Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.Send(page, "/cache", ("do", "cull"))).Status);
        await Work();
        Assert.NotNull(_laptop.Store.Find(item));
        await Eventually.True(
            async () =>
            {
                page = await http.GetStringAsync("/cache", Cancellation);
                var again = Regex.Match(page, "/cache\\?plan=[0-9a-f]{64}").Value;
                return (await http.Send(page, again, ("do", "cull"))).Status == HttpStatusCode.SeeOther;
            },
            () => page);
        Assert.Null(_laptop.Store.Find(item));
    }

    [Fact]
    public async Task A_copy_that_counts_is_not_culled_whatever_is_said_of_it()
    {
        var item = await _nas.Hold("only.mkv", Size, 3);
        Assert.Null(await _nas.Node.Get<CacheDesk>().ActAsync(item, CacheAct.Trash, PinScope.Device, Cancellation));
        Assert.Null(await _nas.Node.Get<CacheDesk>().SetBudgetAsync(0, cullsManual: true, Cancellation));
        var report = await Cull(_nas);
        Assert.Empty(report.Culls);
        Assert.Equal(KeepCause.Custody, report.View.Lines.Single(l => l.Item == item).Keep);
        Assert.NotNull(_nas.Store.Find(item));
    }

    [Fact]
    public async Task What_is_played_or_was_put_there_by_hand_stays()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        var own = await Both("own.mkv", 5);
        await Budget(0);
        using (_laptop.Node.Get<CacheUses>().Begin(item, CacheUse.Playing))
        {
            Assert.Empty((await Cull(apply: true)).Culls);
            Assert.Equal((KeepCause.Playing, KeepCause.Manual), (Line(item).Keep, Line(own).Keep));
        }

        Assert.Equal([item], (await Cull(apply: true)).Culls.Select(c => c.Item));
        Assert.Null(await _laptop.Node.Get<CacheDesk>().SetBudgetAsync(0, cullsManual: true, Cancellation));
        Assert.Equal([own], (await Cull(apply: false)).Culls.Select(c => c.Item));
    }

    [Fact]
    public async Task A_copy_that_was_promised_to_another_device_stays()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(0);
        var request = new LockRequest(
            item, new EventRef(new ChainId(_nas.Node.Id, default), 3, 4), DeviceId.Of(_nas.Node.Id), 1);
        var found = new FoundCopy(HoldingState.Present, DeviceState.Active, true, true, true);
        var answer = await _laptop.Node.Get<ReleaseBook>().AnswerAsync(request, found, Cancellation);
        Assert.True(answer.IsGranted);
        Assert.Empty((await Cull(apply: true)).Culls);
        Assert.Equal(KeepCause.Custody, Line(item).Keep);
    }

    [Fact]
    public async Task Nothing_is_culled_while_much_went_at_once_and_what_goes_is_counted()
    {
        var items = new[] { await Starred("a.mkv", 1), await Starred("b.mkv", 2) };
        foreach (var item in items) Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(0);
        var releases = _laptop.Node.Get<ReleaseBook>();
        Assert.True(await releases.CountAsync(60, 100, [], Cancellation));
        Assert.Equal(2, (await Cull(apply: true)).Left.Count);
        Assert.All(items, item => Assert.NotNull(_laptop.Store.Find(item)));
        await releases.ResetBreakerAsync(Cancellation);
        // Of so few copies one may go in a quarter of an hour.
        Assert.Single((await Cull(apply: true)).Left);
        Assert.Equal(1, releases.Breaker.Lost);
        Assert.Equal(
            new LossCount(LossKind.Culled, DeviceId.Of(_laptop.Node.Id), _laptop.Volume.Id, 1),
            Assert.Single(releases.Losses.Counts));
        Assert.False(releases.Breaker.IsOpen);
        _time.Skip(TimeSpan.FromMinutes(15));
        Assert.Empty((await Cull(apply: true)).Left);
    }

    private async Task<CullReport> Cull(bool apply) =>
        apply ? await Cull(_laptop) : _laptop.Node.Get<CacheWork>().Culls();

    /// <summary>All that it tells of; told again where a copy ended meanwhile, or the like.</summary>
    private static async Task<CullReport> Cull(MediaBox box)
    {
        var work = box.Node.Get<CacheWork>();
        CullReport? done = null;
        await Eventually.True(
            async () =>
            {
                (done, var problem) = await work.CullAsync(work.Culls().Plan, Cancellation);
                Assert.True(problem is null or { Code: "plan_changed" }, problem?.Code);
                return done is not null;
            },
            () => "What it tells changes all the time.");
        return done!;
    }
}
