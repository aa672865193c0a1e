using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The group of this owner's devices, as this one sees it.</summary>
public sealed class OwnFleet(LogWriter writer, Sharing sharing, NodeKey key)
{
    private const string Kind = "fleet";

    /// <summary>Null where this device is in no fleet.</summary>
    public GroupId? Group =>
        writer.Groups().Where(g => g.Kind == Kind && !sharing.HasLeft(g.Id))
            .Select(g => (GroupId?)g.Id).FirstOrDefault();

    /// <summary>Begins a fleet with this device.</summary>
    public Task<GroupId> FoundAsync(CancellationToken cancellation) => writer.FoundAsync(
        EngineKinds.Write(new GroupCreated(
            Kind, Kind, "per_agent", ModeratorsAdmit: false, [], 1, new Dictionary<string, string>(),
            key.Statements)),
        Kind,
        Kind,
        cancellation);

    /// <summary>Joins the fleet of a text; false where this device is in another. Durable when it returns.</summary>
    public async Task<bool> JoinAsync(InviteText invite, CancellationToken cancellation)
    {
        if (Group is { } group && group != invite.Group) return false;
        await writer.FollowAsync(invite.Group, Kind, Kind, cancellation);
        await sharing.FollowAsync(invite.Group, invite.Issuer, cancellation);
        return true;
    }
}
