using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A configuration for WireGuard among the fleet, for whoever wants to apply it.</summary>
/// <param name="Network">The fleet's prefix.</param>
/// <param name="Address">This device's own.</param>
/// <param name="Keyless">Names of devices that are not in it, for they declared no key.</param>
/// <param name="Text">As wg-quick(8) reads it; without a private key.</param>
public sealed record WireGuardDto(
    string Network, string Address, int Peers, IReadOnlyList<string> Keyless, string Text);

/// <summary>Renders WireGuard's configuration; nothing is applied.</summary>
internal static class WireGuardApi
{
    public static void MapWireGuard(this RouteGroupBuilder api) =>
        api.MapGroup("/fleet/wireguard").WithTags("fleet").ForOwner().MapGet("", Show)
            .WithSummary("A WireGuard configuration for this device; it is not applied.")
            .Produces<WireGuardDto>().Problem(400, 401, 403, 409);

    private static IResult Show(
        WireGuardDesk desk, int port = WireGuardPlan.UsualPort, string? key_file = null)
    {
        var (plan, problem) = desk.Make(port, key_file);
        if (plan is null) return Problems.Answer(problem!);
        var made = new WireGuardDto(
            $"{plan.Network.Prefix}/{FleetNetwork.PrefixBits}", plan.Network.AddressOf(plan.Self.Id).ToString(),
            plan.Peers.Count, plan.Keyless, WireGuardText.Write(plan));
        return TypedResults.Json(made, ApiJson.Default.WireGuardDto);
    }
}
