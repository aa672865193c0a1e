namespace Anarchive.Node;

/// <summary>What peers said when they were asked whether they can call this node, and when.</summary>
public sealed record ReachFinding(Finding Finding, long AtMs);

/// <summary>How this node is: every check of <c>anarchive doctor</c> that a running node can make of itself.</summary>
/// <remarks>Any thread.</remarks>
public sealed class HealthDesk(NodeOptions options, Mesh mesh, OwnEndpoint own, Reachability reach, TimeProvider time)
{
    /// <summary>A page that stays open has the disk, keys and libraries looked at no more often.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(15);

    /// <summary>What peers saw is told for so long, with its time.</summary>
    private static readonly TimeSpan ReachFor = TimeSpan.FromHours(1);

    private volatile Looked? _last;
    private volatile ReachFinding? _reach;

    /// <summary>What peers said last; null where they were not asked within the hour.</summary>
    public ReachFinding? Reach => _reach is { } asked && NowMs() - asked.AtMs < (long)ReachFor.TotalMilliseconds
        ? asked
        : null;

    /// <summary>Looks now and asks nobody; the gravest first.</summary>
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
        IReadOnlyList<Finding> sorted = [.. found.OrderByDescending(f => f.Grade)];
        _last = new Looked(sorted, time.GetTimestamp());
        return sorted;
    }

    /// <summary>What was found a moment ago, for who looks again and again.</summary>
    public IReadOnlyList<Finding> Recent() =>
        _last is { } last && time.GetElapsedTime(last.At) < FreshFor ? last.Found : Look();

    /// <summary>Asks a few peers whether they can call this node.</summary>
    public async Task<Finding> AskAsync(CancellationToken cancellation)
    {
        var said = PeerChecks.Reach(
            own.Current?.ToString(),
            [.. (await reach.AskAsync(cancellation)).Select(a => (a.Reached, a.Code))]);
        _reach = new ReachFinding(said, NowMs());
        return said;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Looked(IReadOnlyList<Finding> Found, long At);
}
