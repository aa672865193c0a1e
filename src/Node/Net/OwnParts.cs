using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>This fleet's groups, one for each part, and the devices that write them.</summary>
/// <remarks>
/// Whoever began the fleet founds the groups and lets its devices in; a device alone founds its own as it first writes.
/// </remarks>
public sealed class OwnParts(
    LogWriter writer, PartBook book, OwnFleet fleet, Sharing sharing, Admissions admissions, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<OwnParts> log) : BackgroundService
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _opening = new(1);
    private readonly SemaphoreSlim _matching = new(1);
    private readonly SemaphoreSlim _due = new(0, 1);

    /// <summary>True where this node founds the fleet's groups: it began the fleet, or is in none.</summary>
    private bool Leads => fleet.Group is not { } group || OwnerOf(group) == writer.Self;

    /// <summary>The group this device writes a part into; null before there is one.</summary>
    public GroupId? Find(string part)
    {
        var owner = fleet.Group is { } group ? OwnerOf(group) : writer.Self;
        return Here().Where(g => g.Part == part && OwnerOf(g.Group) == owner)
            .Select(g => (GroupId?)g.Group).Order().FirstOrDefault();
    }

    /// <summary>
    /// As above, founded where it is this node's to found; null where the device that began the fleet has not let this
    /// one in yet. Durable when it returns.
    /// </summary>
    public async Task<GroupId?> OpenAsync(string part, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            if (Find(part) is { } group) return group;
            if (!Leads) return null;
            var genesis = PartNaming.Genesis(part, NetApp.DefaultRing, writer.Statements);
            return await writer.FoundAsync(genesis, NetApp.GroupKind, NetApp.DefaultRing, cancellation);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>
    /// Groups that this device wrote alone before it joined a fleet, whose own group for the part is here by now.
    /// </summary>
    public IReadOnlyList<(GroupId Group, string Part)> LeftBehind() => Leads
        ? []
        : [.. Here().Where(g => OwnerOf(g.Group) == writer.Self && Find(g.Part) is not null)];

    /// <summary>Groups of this fleet that this device writes.</summary>
    public IReadOnlyList<(GroupId Group, string Part)> Here() =>
        [.. book.All.Where(g => book.IsOwn(g.Group) && !sharing.HasLeft(g.Group))];

    /// <summary>
    /// Lets the fleet's devices into its part groups, and out of them those that left it; ends this device's part in
    /// those of a fleet that it is no longer in. What cannot be done now is tried again.
    /// </summary>
    public async Task MatchAsync(CancellationToken cancellation)
    {
        await _matching.WaitAsync(cancellation);
        try
        {
            await LeaveOthersAsync(cancellation);
            if (!Leads) return;
            // Without this one, which founds the groups.
            IReadOnlyList<NodeId> devices = fleet.Group is { } group ? writer.Members(group) : [];
            foreach (var part in NetApp.FriendsParts)
            {
                var own = devices.Count > 0 ? await OpenAsync(part, cancellation) : Find(part);
                if (own is { } known) await MatchAsync(known, devices, cancellation);
            }
        }
        catch (LogRefusedException refused)
        {
            // A frozen chain: its owner is told elsewhere.
            NodeLog.PartsNotMatched(log, refused.Refusal.Code());
        }
        finally
        {
            _matching.Release();
        }
    }

    public override void Dispose()
    {
        _opening.Dispose();
        _matching.Dispose();
        _due.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        using var listening = writer.Listen(change =>
        {
            if (change.Group == fleet.Group) Wake();
        });
        await using var again = time.CreateTimer(_ => Wake(), null, AgainAfter, AgainAfter);
        try
        {
            while (true)
            {
                await MatchAsync(stoppingToken);
                await _due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of changes; none is taken while the node stops.
        }
    }

    private async Task MatchAsync(GroupId own, IReadOnlyList<NodeId> devices, CancellationToken cancellation)
    {
        foreach (var device in devices.Where(d => !writer.IsMember(own, d)))
            await admissions.AdmitAsync(own, fleet.Group!.Value, device, cancellation);
        foreach (var gone in writer.Members(own).Except(devices))
            if (await admissions.RemoveAsync(own, gone, dryRun: false, cancellation) is { } problem)
                NodeLog.PartsNotMatched(log, problem.Code);
    }

    /// <summary>Groups of another owner's devices, of which this is none any more.</summary>
    private async Task LeaveOthersAsync(CancellationToken cancellation)
    {
        var owner = writer.Self;
        if (fleet.Group is { } group)
        {
            // Whose it is, is not known before it begins to arrive.
            if (writer.AuthorityOf(group).Genesis is null) return;
            owner = OwnerOf(group);
        }

        foreach (var (other, _) in book.All.Where(g =>
            writer.IsMember(g.Group, writer.Self) && !sharing.HasLeft(g.Group) && book.FriendOf(g.Group) is null
            && OwnerOf(g.Group) != owner && OwnerOf(g.Group) != writer.Self).ToList())
            await sharing.LeaveAsync(other, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
    }

    private NodeId OwnerOf(GroupId group) => writer.AuthorityOf(group).Owner;
}
