using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Three real nodes of one fleet that hold the same film, of which two copies are to be kept.</summary>
internal sealed class Household : IAsyncDisposable
{
    private const int Size = 300_000;
    private const string Film = "film.mkv";

    private static readonly ReleaseTimes Quick = new(TtlMs: 60_000, WaitMs: 200, QuarantineMs: 400, AnswerMs: 8_000);

    private Household(ShiftedTime time, IReadOnlyList<MediaBox> boxes) => (Time, Boxes) = (time, boxes);

    /// <summary>The clock of all three, which a test sets forward once a stage that lasts is reached.</summary>
    public ShiftedTime Time { get; }

    public IReadOnlyList<MediaBox> Boxes { get; }

    public MediaBox A => Boxes[0];

    public MediaBox B => Boxes[1];

    public MediaBox C => Boxes[2];

    public static ItemId Item { get; } = MediaBox.ItemOf(MediaBox.Bytes(Size, 7));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Household> Start(Func<ReleaseTimes, ReleaseTimes>? times = null)
    {
        var given = times?.Invoke(Quick) ?? Quick;
        var (time, boxes) = (new ShiftedTime(TimeSpan.Zero), new List<MediaBox>());
        for (var i = 0; i < 3; i++)
            boxes.Add(await MediaBox.Start(
                time, with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true,
                services: s => s.AddSingleton(given)));
        var household = new Household(time, boxes);
        foreach (var other in boxes.Skip(1)) await Pairings.Pair(boxes[0].Node, other.Node, InviteKind.Device);
        foreach (var (at, box) in boxes.Index())
        {
            await box.Declare($"box{at}", "home");
            await box.Hold(Film, Size, 7);
        }

        await Eventually.True(
            () => boxes.TrueForAll(b => household.Verified(b) == 3), "Not every copy is known.",
            [.. boxes.Select(b => b.Node)]);
        return household;
    }

    public static bool HasFile(MediaBox box) => File.Exists(box.At(Film));

    public static string FileOf(MediaBox box) => box.At(Film);

    public static void Spoil(MediaBox box) => box.Rot(Film, 1_000);

    /// <summary>The disk is gone; what its folder shows then is the empty place where it was.</summary>
    public static void Unplug(MediaBox box) =>
        File.Move(MarkerOf(box), MarkerOf(box) + ".away");

    public static void Plug(MediaBox box) => File.Move(MarkerOf(box) + ".away", MarkerOf(box));

    /// <summary>Films that lie in their place, on disk.</summary>
    public int Files() => Boxes.Count(HasFile);

    /// <summary>Copies that this box knows to be proven.</summary>
    public int Verified(MediaBox by) => by.Node.Get<FleetBook>().Read(state => CustodyCount.Of(
        state, Item, new CopyRule(OfDead: false, Time.GetUtcNow().ToUnixTimeMilliseconds())));

    /// <summary>Tells a box to let its copy go; the code with which that is refused at once, or null.</summary>
    public static async Task<string?> Release(MediaBox box)
    {
        var (proposal, problem) = await box.Node.Get<ReleaseDesk>().ApplyAsync(Item, null, default, Cancellation);
        return problem?.Code ?? proposal?.Code;
    }

    /// <summary>How the last release of a box is doing; null before its first.</summary>
    public static ReleaseProgress? Of(MediaBox box) =>
        box.Node.Get<ReleaseBook>().Releases.Select(r => r.Progress).SingleOrDefault();

    /// <summary>Until it ended; looks at every step that the floor is there on disk.</summary>
    public async Task<ReleaseProgress> Ended(MediaBox box)
    {
        await Reaches(box, ReleaseStage.Ended);
        return Of(box)!;
    }

    public Task Reaches(MediaBox box, ReleaseStage stage) => Eventually.True(
        () =>
        {
            Assert.True(Files() >= 2, "A copy went that was needed.");
            return Task.FromResult(Of(box)?.Stage == stage);
        },
        () => $"{stage} is not reached: {Of(box)}");

    public async ValueTask DisposeAsync()
    {
        foreach (var box in Boxes) await box.DisposeAsync();
    }

    private static string MarkerOf(MediaBox box) => Path.Combine(box.Root, ".anarchive/volume");
}
