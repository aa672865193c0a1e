using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Anarchive.Node;

/// <summary>What this process takes of its machine.</summary>
public sealed class ProcessMeters : IDisposable
{
    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly long _started;

    public ProcessMeters(IMeterFactory meters, DataDirectory directory, TimeProvider time)
    {
        (_time, _started) = (time, time.GetTimestamp());
        _meter = meters.Create("Anarchive.Process");
        _meter.CreateObservableGauge("anarchive.process.memory", Memory, "By", "Memory this process holds.");
        _meter.CreateObservableGauge("anarchive.process.handles", Handles, "{handle}", "Open files and sockets.");
        _meter.CreateObservableGauge(
            "anarchive.process.wal", () => Size(directory.DatabasePath + "-wal"), "By",
            "What the database has not yet moved into its file.");
        _meter.CreateObservableGauge(
            "anarchive.process.disk_free", () => DiskSpace.FreeBytes(directory.Root), "By",
            "Room left where the data is.");
        _meter.CreateObservableGauge(
            "anarchive.process.uptime", () => (long)Uptime.TotalSeconds, "s",
            "How long the node has run.");
    }

    public TimeSpan Uptime => _time.GetElapsedTime(_started);

    public void Dispose() => _meter.Dispose();

    private static long Memory()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static long Handles()
    {
        using var self = Process.GetCurrentProcess();
        return self.HandleCount;
    }

    private static long Size(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
