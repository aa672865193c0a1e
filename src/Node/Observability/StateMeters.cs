using System.Diagnostics.Metrics;

namespace Anarchive.Node;

/// <summary>How groups and peers are at this moment, by ring and application.</summary>
public sealed class StateMeters : IDisposable
{
    private readonly List<Meter> _meters = [];

    public StateMeters(IMeterFactory meters, Mesh mesh, LogWriter writer)
    {
        var replication = Create(meters, SyncMeters.Name);
        var rings = Create(meters, "Anarchive.Rings");
        var log = Create(meters, "Anarchive.Log");
        replication.CreateObservableGauge(
            "anarchive.replication.lag",
            () => mesh.Lags().Select(lag => Measure(lag.Value, lag.Key.Ring, lag.Key.App)),
            "{event}", "Events held here that the farthest peer, as last heard, lacks.");
        rings.CreateObservableGauge("anarchive.rings.peers", () => Peers(mesh), "{peer}", "Peers by state.");
        log.CreateObservableGauge(
            "anarchive.log.backlog", () => PerRing(writer, g => writer.Backlog(g.Id)), "{event}",
            "Events received that are neither durable nor folded yet.");
        log.CreateObservableGauge(
            "anarchive.log.parked", () => PerRing(writer, g => writer.Parked(g.Id)), "{event}",
            "Events that wait for another, or for a time.");
        log.CreateObservableGauge(
            "anarchive.log.events", () => PerRing(writer, g => writer.Durable(g.Id).Events), "{event}", "Events held.");
    }

    public void Dispose()
    {
        foreach (var meter in _meters) meter.Dispose();
    }

    private Meter Create(IMeterFactory meters, string name)
    {
        var meter = meters.Create(name);
        _meters.Add(meter);
        return meter;
    }

    private static IEnumerable<Measurement<long>> Peers(Mesh mesh)
    {
        var peers = mesh.View().Peers;
        return Enum.GetValues<PeerState>().Select(state => new Measurement<long>(
            peers.Count(p => p.State == state), KeyValuePair.Create<string, object?>("state", state.Code())));
    }

    private static IEnumerable<Measurement<long>> PerRing(
        LogWriter writer, Func<Anarchive.Log.StoredGroup, long> figure) =>
        writer.Groups().GroupBy(g => (g.Ring, g.Kind))
            .Select(some => Measure(some.Sum(figure), some.Key.Ring, some.Key.Kind));

    /// <summary>Never by key or hash: there is no end to those.</summary>
    private static Measurement<long> Measure(long value, string ring, string app) => new(
        value, KeyValuePair.Create<string, object?>("ring", ring), KeyValuePair.Create<string, object?>("app", app));
}
