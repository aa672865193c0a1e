using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The group of this owner's devices, as this one sees it.</summary>
/// <remarks>A device that has let no other in is in no fleet: it may still join another's.</remarks>
public sealed class OwnFleet(LogWriter writer, Sharing sharing, NodeKey key) : IDisposable
{
    private const string Kind = "fleet";

    private readonly SemaphoreSlim _changing = new(1);
    private (Batch Genesis, IReadOnlyList<KeyStatement> Keys)? _planned;

    /// <summary>Null where this device is in no fleet.</summary>
    public GroupId? Group =>
        writer.Groups().Where(g => g.Kind == Kind && !sharing.HasLeft(g.Id))
            .Select(g => (GroupId?)g.Id).FirstOrDefault();

    /// <summary>The fleet, or the one that <see cref="BeginAsync"/> would found; nothing is written.</summary>
    public async Task<GroupId> PlanAsync(CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (Group is { } group) return group;
            var keys = key.Statements;
            if (_planned is not { } planned || !ReferenceEquals(planned.Keys, keys))
            {
                var genesis = EngineKinds.Write(new GroupCreated(
                    Kind, Kind, "per_agent", ModeratorsAdmit: false, [], 1, new Dictionary<string, string>(), keys));
                _planned = planned = (await writer.PlanAsync(genesis, cancellation), keys);
            }

            return IdOf(planned.Genesis);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Begins the fleet of a text with this device, unless it is in it; false where the text's fleet is another one by
    /// now. Durable when it returns.
    /// </summary>
    public async Task<bool> BeginAsync(GroupId ofText, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (Group is { } group) return group == ofText;
            if (_planned is not { } planned || IdOf(planned.Genesis) != ofText) return false;
            _planned = null;
            if (!ReferenceEquals(planned.Keys, key.Statements)) return false;
            await writer.FoundAsync(planned.Genesis, Kind, Kind, cancellation);
            return true;
        }
        catch (LogRefusedException)
        {
            return false;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Joins the fleet of a text; false where this device is in another. Durable when it returns.</summary>
    public async Task<bool> JoinAsync(InviteText invite, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (Group is { } group && group != invite.Group) return false;
            await writer.FollowAsync(invite.Group, Kind, Kind, cancellation);
            await sharing.FollowAsync(invite.Group, invite.Issuer, cancellation);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private static GroupId IdOf(Batch genesis) => genesis.Events[0].Header.EffectiveGroup;
}
