using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A fleet of two devices, a friend of the first that lends it room, and another friend of that friend: real nodes.
/// </summary>
internal sealed class Neighbours : IAsyncDisposable
{
    public const int Size = 300_000;
    public const string Film = "Holiday at the sea.mkv";

    private static readonly ReleaseTimes Quick = new(TtlMs: 60_000, WaitMs: 200, QuarantineMs: 400, AnswerMs: 8_000);

    private Neighbours(ShiftedTime time, IReadOnlyList<MediaBox> boxes) => (Time, Boxes) = (time, boxes);

    /// <summary>The clock of all of them, but of a friend that has its own.</summary>
    public ShiftedTime Time { get; }

    public IReadOnlyList<MediaBox> Boxes { get; }

    /// <summary>The steward.</summary>
    public MediaBox A => Boxes[0];

    /// <summary>The fleet's other device, no friend of anybody.</summary>
    public MediaBox A2 => Boxes[1];

    /// <summary>The friend that lends.</summary>
    public MediaBox F => Boxes[2];

    /// <summary>A friend of the friend.</summary>
    public MediaBox G => Boxes[3];

    public static ItemId Item { get; } = MediaBox.ItemOf(MediaBox.Bytes(Size, 7));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Neighbours> Start(ShiftedTime? ofFriend = null, long quarantineMs = 400)
    {
        var (time, boxes) = (new ShiftedTime(TimeSpan.Zero), new List<MediaBox>());
        for (var i = 0; i < 4; i++)
            boxes.Add(await MediaBox.Start(
                i == 2 ? ofFriend ?? time : time, with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true,
                services: s => s.AddSingleton(Quick with { QuarantineMs = quarantineMs })));
        var all = new Neighbours(time, boxes);
        await Pairings.Pair(all.A.Node, all.A2.Node, InviteKind.Device);
        await Pairings.Pair(all.A.Node, all.F.Node, InviteKind.Friend);
        await Pairings.Pair(all.F.Node, all.G.Node, InviteKind.Friend);
        foreach (var (at, box) in new[] { all.A, all.A2, all.F }.Index())
            await box.Declare($"box{at}", "home");
        await Pairings.Met(all.A.Node, all.F.Node);
        await Pairings.Met(all.F.Node, all.A.Node);
        await Pairings.Met(all.G.Node, all.F.Node);
        return all;
    }

    public Task<(LoanView? Loan, Problem? Problem)> Lend(MediaBox to, long bytes) =>
        F.Node.Get<Lending>().LendAsync(to.Node.Id, F.Volume.Id, bytes, Cancellation);

    /// <summary>The film is on both devices of the fleet; the friend is asked to keep it, and does.</summary>
    public async Task Keep()
    {
        await A.Hold(Film, Size, 7);
        await A2.Hold(Film, Size, 7);
        Assert.Null((await Lend(A, 2 * Size)).Problem);
        Assert.Null(await Ask(apply: true));
        await Reaches(() => Standing() is { State: "kept" } && Verified() == 3);
    }

    /// <summary>Asks the friend to keep the film, as the owner's own: the code with which that is refused.</summary>
    public async Task<string?> Ask(bool apply, bool isOwn = true)
    {
        var (proposal, problem) = await A.Node.Get<FriendKeep>()
            .KeepAsync(Item, F.Node.Id, isOwn, apply, Cancellation);
        return problem?.Code ?? proposal!.Code;
    }

    /// <summary>Until it is so; both look again and again.</summary>
    public Task Reaches(Func<bool> condition) => Eventually.True(
        async () =>
        {
            if (condition()) return true;
            await Look();
            return condition();
        },
        () => $"Not reached: {Standing()}, {Lent()}, {Said()}, {Verified()} proven.");

    /// <summary>One look of the steward and one of the lender.</summary>
    public async Task Look()
    {
        await A.Node.Get<FriendTick>().RunAsync(Cancellation);
        await F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
    }

    public FriendCopy? Standing() => A.Node.Get<FriendBook>().Find(F.Node.Id, Item);

    public FriendDevice Device => A.Node.Get<FriendBook>().Find(F.Node.Id)!;

    public LentCopy? Lent() => F.Node.Get<LoanBook>().Find(A.Node.Id, Item);

    public Holding? Said() => A.Node.Get<FleetBook>()
        .Read(s => s.HoldingsOf(Item).FirstOrDefault(h => h.Device == Device.Device));

    /// <summary>Copies that the fleet knows to be proven.</summary>
    public int Verified(MediaBox? by = null) => (by ?? A).Node.Get<FleetBook>().Read(state => CustodyCount.Of(
        state, Item, new CopyRule(OfDead: false, Time.GetUtcNow().ToUnixTimeMilliseconds())));

    /// <summary>Where the friend has it.</summary>
    public string LentFile => Path.Combine(
        F.Root, ".anarchive/lent", A.Node.Id.Value.ToString(), Item.ToString());

    public async ValueTask DisposeAsync()
    {
        foreach (var box in Boxes) await box.DisposeAsync();
    }
}

/// <summary>What a node that was paired may send.</summary>
internal static class PeerPosts
{
    public static async Task<(HttpStatusCode Status, string Body)> Post(
        this MediaBox to, NodeId caller, string path, string body)
    {
        using var http = new HttpClient { BaseAddress = to.Node.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await to.Node.TokenFor(caller));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
