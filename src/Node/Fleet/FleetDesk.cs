using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Says things in the fleet's log, after asking whether they would count. Durable when it returns.</summary>
/// <remarks>A device that is in no fleet begins its own with its first word.</remarks>
public sealed class FleetDesk(LogWriter writer, IEventReader reader, OwnFleet fleet, FleetBook book)
{
    /// <summary>Where a question needs a fleet and this node is in none.</summary>
    public static Problem None { get; } = new(
        "fleet_none", 409, "This device is in no fleet yet: declare it, or pair it with another device.");

    /// <summary>Where a device is named that nobody declared.</summary>
    public static Problem UnknownDevice { get; } = new(
        "fleet_unknown_device", 404, "There is no such device in this fleet.");

    /// <summary>This node as a device.</summary>
    public DeviceId Self => DeviceId.Of(writer.Self);

    /// <summary>True where this node's word is the owner's; also before there is a fleet.</summary>
    public bool IsOwner => fleet.Group is not { } group || writer.AuthorityOf(group).Owner == writer.Self;

    /// <summary>
    /// Says it, in as many events as it needs. A dry run only asks whether it could be said. Codes: fleet_schema with
    /// the member at fault, fleet_not_owner, fleet_not_signer, fleet_unknown_device, and what the log refuses with.
    /// </summary>
    public Task<(IReadOnlyList<EventRef> Events, Problem? Problem)> SayAsync(
        IFleetPayload payload, bool dryRun, CancellationToken cancellation) =>
        SayAsync(payload, [], dryRun, cancellation);

    /// <summary>As above, about an event: the end of a release, a lock for one, a baton by a holding.</summary>
    public async Task<(IReadOnlyList<EventRef> Events, Problem? Problem)> SayAsync(
        IFleetPayload payload, IReadOnlyList<EventRef> refs, bool dryRun, CancellationToken cancellation)
    {
        if (FleetDrafts.Of(payload, refs, out var fault) is not { } drafts) return ([], BadMember(fault!));
        if (WhyNot(payload) is { } problem) return ([], problem);
        if (dryRun || drafts.Count == 0) return ([], Standing());
        try
        {
            return await OpenAsync(cancellation) is { } group
                ? (await writer.WriteAsync(group, drafts, cancellation), null)
                : ([], None);
        }
        catch (LogRefusedException refused)
        {
            return ([], Refused(refused.Refusal));
        }
    }

    /// <summary>Declares a device that runs no node, with this one as its steward: its id.</summary>
    public async Task<(DeviceId? Device, Problem? Problem)> FoundDeviceAsync(
        DeviceDeclared device, bool dryRun, CancellationToken cancellation)
    {
        var founding = device with { Device = null, Steward = writer.Self };
        var (events, problem) = await SayAsync(founding, dryRun, cancellation);
        if (events is not [var written] || fleet.Group is not { } group) return (null, problem);
        return reader.Find(group, written.Position) is { } e ? (new DeviceId(e.Header.Id.Value), null) : (null, None);
    }

    /// <summary>The fleet's group, begun where there is none; null where that is refused.</summary>
    public async Task<GroupId?> OpenAsync(CancellationToken cancellation)
    {
        if (fleet.Group is { } group) return group;
        var planned = await fleet.PlanAsync(cancellation);
        return await fleet.BeginAsync(planned, cancellation) ? planned : fleet.Group;
    }

    private Problem? WhyNot(IFleetPayload payload)
    {
        var isOwner = IsOwner;
        return book.Read(state => FleetRights.Check(state, payload, writer.Self, isOwner)) switch
        {
            NoRight.NotOwner => new Problem(
                "fleet_not_owner", 403, "Only the device that began this fleet may decide that: do it there."),
            NoRight.NotSigner => new Problem(
                "fleet_not_signer", 403, "Only the device itself, or its steward, may say that of it."),
            NoRight.UnknownDevice => UnknownDevice,
            _ => null,
        };
    }

    private Problem? Standing() =>
        fleet.Group is { } group && writer.StandingIn(group) is var standing and not Refusal.None
            ? Refused(standing)
            : null;

    private static Problem Refused(Refusal why) =>
        new(why.Code(), 409, "This device may not write in its fleet now.");

    private static Problem BadMember(string member) => new("fleet_schema", 400, RuleOf(member));

    /// <summary>Those that people type, in words.</summary>
    private static Sentence RuleOf(string member)
    {
        switch (member)
        {
            case "name" or "zone" or "policy" or "source" or "subject":
                const int max = FleetLimits.NameCharsMax;
                return $"The member \"{member}\" has 1 to {max} characters on one line, and no slashes.";
            case "floor":
                return $"A floor is 1 to {FleetLimits.CopiesMax} copies.";
            case "ceil":
                return $"A ceiling is the floor at least, and {FleetLimits.CopiesMax} copies at most.";
            case "min_zones":
                return "No more zones can be asked for than the floor has copies.";
            case "min_offsite":
                return "No more off-site copies can be asked for than the floor has.";
            case "host":
                return "A host is a DNS name in lower case, such as tracker.example.";
            case "reserve":
                return "A reserve is smaller than its volume.";
            default:
                return $"It breaks the rule of its member \"{member}\".";
        }
    }
}
