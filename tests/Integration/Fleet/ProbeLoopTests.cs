using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>When the devices of a fleet look at each other by themselves.</summary>
public sealed class ProbeLoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_volume_that_is_added_gets_copies_without_another_round_in_five_minutes()
    {
        await using var first = await MediaBox.Start(with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true);
        await using var second = await MediaBox.Start(with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true);
        await Pairings.Pair(first.Node, second.Node, InviteKind.Device);
        await InStep();
        await first.Declare("NAS", "attic");
        await second.Declare("PC", "study");
        await Eventually.True(() => Volumes(of: second, by: first).Count == 1, "The first volume is not seen.");
        var (_, problem) = await second.Node.Get<Volumes>()
            .AddAsync(Directory.CreateDirectory(second.Root + "-2").FullName, "disk 2", 0, Cancellation);
        Assert.Null(problem);
        Assert.Null(await second.Node.Get<StoreTelling>().DeclareAsync(Cancellation));
        await Eventually.True(() => Volumes(of: second, by: first).Count == 2, "The second volume is not seen.");

        Task InStep() => Eventually.InStep(first.Node.Get<OwnFleet>().Group!.Value, first.Node, second.Node);
    }

    private static IReadOnlyList<PlanVolume> Volumes(MediaBox of, MediaBox by) => by.Node.Get<PlanSight>().Now()
        .Table.Devices.FirstOrDefault(d => d.Id == DeviceId.Of(of.Node.Id))?.Volumes ?? [];
}
