using System.Diagnostics.Metrics;

namespace Anarchive.Node;

/// <summary>Replication in figures: events in and out, and how far peers lag.</summary>
public sealed class SyncMeters : IDisposable
{
    public const string Name = "Anarchive.Replication";

    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;

    public SyncMeters(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>(
            "anarchive.replication.received", "{event}", "Events taken from peers and made durable.");
        _sent = _meter.CreateCounter<long>("anarchive.replication.sent", "{event}", "Events pushed to peers.");
    }

    public void Received(long events) => _received.Add(events);

    public void Sent(long events) => _sent.Add(events);

    /// <summary>Shows how many events the farthest peer lacks, as last heard.</summary>
    public void ObserveLag(Func<long> lag) => _meter.CreateObservableGauge(
        "anarchive.replication.lag", lag, "{event}", "Events held here that the farthest peer, as last heard, lacks.");

    public void Dispose() => _meter.Dispose();
}
