using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What devices say in their fleet's log.</summary>
internal static class FleetWords
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task Declare(this MediaBox box, string name, string zone) => await box.Say(
        new DeviceDeclared(name, DeviceClass.AlwaysOn, zone, Offsite: false, [], ["http"]));

    public static async Task Say(this MediaBox box, IFleetPayload payload) =>
        Assert.Null((await box.Node.Get<FleetDesk>().SayAsync(payload, dryRun: false, Cancellation)).Problem);
}
