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
    LogWriter writer, PartBook book, OwnFleet fleet, Sharing sharing, Admissions admissions,
    IHostApplicationLifetime lifetime, ILogger<OwnParts> log) : BackgroundService
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly SemaphoreSlim _due = new(0, 1);

    private static readonly string[] Parts = NetApp.FriendsParts;

    /// <summary>True where this node founds the fleet's groups: it began the fleet, or is in none.</summary>
    private bool Leads => fleet.Group is not { } group || OwnerOf(group) == writer.Self;

    /// <summary>The group this device writes a part into; null before there is one.</summary>
    public GroupId? Find(string part)
    {
        var owner = fleet.Group is { } group ? OwnerOf(group) : writer.Self;
        return book.All
            .Where(g => g.Part == part && book.IsOwn(g.Group) && !sharing.HasLeft(g.Group) && OwnerOf(g.Group) == owner)
            .Select(g => (GroupId?)g.Group).Order().FirstOrDefault();
    }

    /// <summary>
    /// As above, founded where it is this node's to found; null where the device that began the fleet has not let this
    /// one in yet. Durable when it returns.
    /// </summary>
    public async Task<GroupId?> OpenAsync(string part, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (Find(part) is { } group) return group;
            if (!Leads) return null;
            var genesis = PartNaming.Genesis(part, NetApp.DefaultRing, writer.Statements);
            return await writer.FoundAsync(genesis, NetApp.GroupKind, NetApp.DefaultRing, cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Groups that this device wrote alone before it joined a fleet, whose own group for the part is here by now.
    /// </summary>
    public IReadOnlyList<(GroupId Group, string Part)> LeftBehind() => Leads
        ? []
        : [.. For(writer.Self).Where(g => OwnerOf(g.Group) == writer.Self && Find(g.Part) is not null)];

    /// <summary>The fleet's groups that one of its devices may write.</summary>
    public IReadOnlyList<(GroupId Group, string Part)> For(NodeId device) =>
        [.. book.All.Where(g => book.IsOwn(g.Group) && !sharing.HasLeft(g.Group) && writer.IsMember(g.Group, device))];

    public override void Dispose()
    {
        _changing.Dispose();
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
        try
        {
            while (true)
            {
                await MatchFleetAsync(stoppingToken);
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
        catch (SemaphoreFullException)
        {
            // One look answers any number of changes.
        }
    }

    /// <summary>Lets the fleet's devices into its part groups, and out of them those that left it.</summary>
    private async Task MatchFleetAsync(CancellationToken cancellation)
    {
        if (fleet.Group is not { } group || OwnerOf(group) != writer.Self) return;
        // Without this one, which founds the groups.
        var devices = writer.Members(group);
        if (devices.Count == 0 && Parts.All(p => Find(p) is null)) return;
        try
        {
            foreach (var part in Parts)
            {
                if (await OpenAsync(part, cancellation) is not { } own) continue;
                foreach (var device in devices.Where(d => !writer.IsMember(own, d)))
                    await admissions.AdmitAsync(own, group, device, cancellation);
                foreach (var gone in writer.Members(own).Except(devices))
                    await admissions.RemoveAsync(own, gone, dryRun: false, cancellation);
            }
        }
        catch (LogRefusedException refused)
        {
            // A frozen chain: its owner is told elsewhere, and the next change of the fleet tries again.
            NodeLog.PartsNotMatched(log, refused.Refusal);
        }
    }

    private NodeId OwnerOf(GroupId group) => writer.AuthorityOf(group).Owner;
}
