using System.Diagnostics.Metrics;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Replication in figures: events in and out, and what was turned away.</summary>
public sealed class SyncMeters : IDisposable
{
    public const string Name = "Anarchive.Replication";

    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _throttled;

    public SyncMeters(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>(
            "anarchive.replication.received", "{event}", "Events taken from peers and made durable.");
        _refused = _meter.CreateCounter<long>(
            "anarchive.replication.refused", "{run}", "Runs of events that were refused, by code.");
        _throttled = _meter.CreateCounter<long>(
            "anarchive.replication.throttled", "{request}", "Requests of peers that were told to wait.");
        _sent = _meter.CreateCounter<long>("anarchive.replication.sent", "{event}", "Events pushed to peers.");
    }

    public void Received(long events) => _received.Add(events);

    public void Sent(long events) => _sent.Add(events);

    /// <summary>Events that were not taken, by the code a peer was told or we noted.</summary>
    public void Refused(IEnumerable<RefusedRun> runs)
    {
        foreach (var run in runs) _refused.Add(1, KeyValuePair.Create<string, object?>("code", run.Refusal.Code()));
    }

    /// <summary>A request that was told to wait.</summary>
    public void Throttled() => _throttled.Add(1);

    public void Dispose() => _meter.Dispose();
}
