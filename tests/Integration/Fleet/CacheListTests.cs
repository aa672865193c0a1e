using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// The rows that are kept in memory are those that a look at everything finds, whatever happened: on a laptop that
/// keeps them as if there were too many to read them again.
/// </summary>
public sealed class CacheListTests : IAsyncLifetime
{
    private const int Size = 1_000;
    private const int Acts = 120;
    private const string ByClock = "time went by";

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly List<ItemId> _items = [];
    private readonly List<IDisposable> _uses = [];
    private MediaBox _box = null!;
    private int _files;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CacheBook Book => _box.Node.Get<CacheBook>();

    private CacheDesk Desk => _box.Node.Get<CacheDesk>();

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(_time, tellsFleet: true);
        await _box.Say(new DeviceDeclared("Laptop", DeviceClass.Laptop, "bag", false, [], ["http"]));
        // Nothing but what changed is read, unless it has to be.
        _box.Node.Get<CacheShelf>().SmallMax = 0;
        for (var n = 0; n < 6; n++) await Come();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var use in _uses) use.Dispose();
        return _box.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_the_list_is_what_a_look_finds(int seed)
    {
        var random = new Random(seed);
        Same("at first");
        for (var n = 0; n < Acts; n++)
        {
            var item = _items[random.Next(_items.Count)];
            var (stamp, before) = (Book.Stamp(), Whole());
            var did = await Do(random, item);
            var after = Whole();
            // What goes by the clock alone has no sign.
            if (did != ByClock && stamp.Equals(Book.Stamp()))
                Assert.True(
                    before.Lines.SequenceEqual(after.Lines) && before.Tally == after.Tally
                        && before.Settings == after.Settings, $"{n}: {did} has no sign");
            Same($"{n}: {did}");
        }
    }

    [Fact]
    public async Task Searches_filters_and_pages_leave_what_they_say()
    {
        await _box.Hold("Café au lait.mkv", Size, 901);
        await _box.Hold("cafe noir.mkv", Size, 902);
        var starred = _items[0];
        Assert.Null(await Desk.ActAsync(starred, CacheAct.Star, PinScope.Device, Cancellation));
        Assert.Null(await Desk.ActAsync(_items[1], CacheAct.Trash, PinScope.Device, Cancellation));
        Assert.Equal(["cafe noir.mkv", "Café au lait.mkv"], Titles("CAFE", CacheFilter.All));
        Assert.Equal(["cafe noir.mkv"], Titles("noir caf", CacheFilter.All));
        Assert.Empty(Titles("cafe", CacheFilter.Starred));
        Assert.Equal([starred], Book.List("", CacheFilter.Starred, 0, 9, 0).Lines.Select(l => l.Item));
        var all = Book.List("", CacheFilter.All, 0, 99, 0);
        Assert.Equal(new CacheTally(8, 1, all.Outlook.Culls.Count, 0), all.Tally);
        var second = Book.List("", CacheFilter.All, 3, 2, 0);
        Assert.Equal((3, 8), (second.From, second.Total));
        Assert.Equal(all.Lines.Skip(3).Take(2), second.Lines);
    }

    private async Task<string> Do(Random random, ItemId item)
    {
        switch (random.Next(10))
        {
            case 0:
                await Come();
                return "a file came";
            case 1:
                _uses.Add(_box.Node.Get<CacheUses>().Begin(item, (CacheUse)random.Next(1, 4)));
                return "a use began";
            case 2 when _uses.Count > 0:
                _uses[0].Dispose();
                _uses.RemoveAt(0);
                return "a use ended";
            case 3:
                await Desk.PlayedAsync(item, toItsEnd: random.Next(2) == 0, Cancellation);
                return "it was played";
            case 4:
                _time.Skip(TimeSpan.FromHours(random.Next(30)));
                return ByClock;
            case 5:
                await Desk.SetBudgetAsync(
                    random.Next(3) == 0 ? null : random.Next(_items.Count * Size), random.Next(2) == 0, Cancellation);
                return "another budget";
            case 6:
                await Desk.UndoAsync(null, Cancellation);
                return "an act was undone";
            case 7:
                await _box.Say(new PinSet(
                    item, PinScope.Fleet, random.Next(2) == 0 ? PinKind.Star : PinKind.None, null));
                return "the fleet's star";
            case 8 when random.Next(4) == 0:
                var work = _box.Node.Get<CacheWork>();
                // A copy may have come meanwhile.
                var (_, problem) = await work.CullAsync(work.Culls().Plan, Cancellation);
                Assert.True(problem is null or { Code: "plan_changed" }, problem?.Code);
                return "a cull";
            default:
                var act = (CacheAct)random.Next(5);
                await Desk.ActAsync(item, act, PinScope.Device, Cancellation);
                return $"{act}";
        }
    }

    private async Task Come()
    {
        _files++;
        _items.Add(await _box.Hold($"film {_files}.mkv", Size + _files, _files));
    }

    /// <summary>The list first: a look at everything brings it up to date.</summary>
    private void Same(string after)
    {
        var part = Whole();
        var whole = Book.Look();
        Assert.True(
            whole.Lines.SequenceEqual(part.Lines),
            $"{after}\n{string.Join('\n', whole.Lines.Except(part.Lines))}\nand\n"
            + string.Join('\n', part.Lines.Except(whole.Lines)));
        Assert.Equal((whole.Tally, whole.Settings), (part.Tally, part.Settings));
        Assert.Equal(whole.Judgement.Culls, part.Outlook.Culls);
        Assert.Equal(whole.Judgement.Culls.Select(c => c.Item), part.First.Select(l => l.Item));
        Assert.Equal(
            (whole.Judgement.UsedBytes, whole.Judgement.OverBytes, whole.Judgement.StarredBytes),
            (part.Outlook.UsedBytes, part.Outlook.OverBytes, part.Outlook.StarredBytes));
        Assert.Equal(whole.Judgement.Restores, part.Outlook.Restores);
    }

    private CachePart Whole() => Book.List("", CacheFilter.All, 0, int.MaxValue, int.MaxValue);

    private IEnumerable<string> Titles(string search, CacheFilter filter) =>
        Book.List(search, filter, 0, 99, 0).Lines.Select(l => l.Title);
}
