namespace Anarchive.Node;

/// <summary>How this node is: every check of <c>anarchive doctor</c> that a running node can make of itself.</summary>
public sealed class HealthDesk(NodeOptions options, Mesh mesh, OwnEndpoint own, Reachability reach, TimeProvider time)
{
    /// <summary>Asks nobody; the gravest first.</summary>
    public IReadOnlyList<Finding> Look()
    {
        var (home, now) = (options.DataDirectory, time.GetUtcNow());
        Finding[] found =
        [
            MachineChecks.Clock(now), MachineChecks.Sodium(), MachineChecks.Sqlite(), MachineChecks.OpenSsl(),
            HomeChecks.Directory(home), MachineChecks.Disk(home), .. HomeChecks.Keys(home),
            HomeChecks.Backup(home, now),
            PeerChecks.Clocks([.. mesh.View().Peers.Select(p => ((string?)p.Name, p.ClockAheadMs))]),
        ];
        return [.. found.OrderByDescending(f => f.Grade)];
    }

    /// <summary>Asks a few peers whether they can call this node.</summary>
    public async Task<Finding> AskAsync(CancellationToken cancellation) => PeerChecks.Reach(
        own.Current?.ToString(),
        [.. (await reach.AskAsync(cancellation)).Select(a => (a.Reached, a.Code))]);
}
