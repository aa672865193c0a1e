using System.Diagnostics.Metrics;

namespace Anarchive.Node;

/// <summary>Files in figures: bytes in and out, and what was wrong.</summary>
public sealed class CarrierMeters : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _served;
    private readonly Counter<long> _fetched;
    private readonly Counter<long> _wrong;

    public CarrierMeters(IMeterFactory meters)
    {
        _meter = meters.Create("Anarchive.Carriers");
        _served = _meter.CreateCounter<long>("anarchive.carriers.served", "By", "Bytes of files that peers asked for.");
        _fetched = _meter.CreateCounter<long>("anarchive.carriers.fetched", "By", "Bytes of verified pieces.");
        _wrong = _meter.CreateCounter<long>("anarchive.carriers.wrong", "{piece}", "Pieces not as described.");
    }

    public void Served(long bytes) => _served.Add(bytes);

    public void Fetched(long bytes) => _fetched.Add(bytes);

    public void Wrong() => _wrong.Add(1);

    public void Dispose() => _meter.Dispose();
}
