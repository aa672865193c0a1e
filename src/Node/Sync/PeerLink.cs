using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A session with one peer, and what its exchanges share. The loop steps it; any thread may look.</summary>
internal sealed class PeerLink(NodeId peer, Sources sources, int heartbeatMs) : IDisposable
{
    private readonly SyncSession _session = new(peer, sources, heartbeatMs);
    private readonly Lock _lock = new();

    public NodeId Peer { get; } = peer;

    /// <summary>Fetched bodies enter intake in the order they came.</summary>
    public SemaphoreSlim Intake { get; } = new(1, 1);

    /// <summary>How far its clock is ahead of ours, by its last heartbeat; null before the first.</summary>
    public long? ClockAheadMs { get; set; }

    /// <summary>It spoke while it could not be dialled, and has not answered a dial since.</summary>
    public bool OnlyCalls { get; set; }

    public IReadOnlyList<Effect> Step(Input input)
    {
        lock (_lock) return _session.Step(input);
    }

    public T Look<T>(Func<SyncSession, T> look)
    {
        lock (_lock) return look(_session);
    }

    public void Dispose() => Intake.Dispose();
}
