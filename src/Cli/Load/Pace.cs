using System.Collections.Concurrent;
using System.Diagnostics;

namespace Anarchive.Cli;

/// <summary>
/// Work at fixed times, whatever the answers take: a time counts from when the work was due, so that waiting for a slow
/// node is measured and not hidden.
/// </summary>
internal sealed class Pace(int lanes, double perSecond, TimeSpan time)
{
    private readonly ConcurrentQueue<double> _samples = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);

    /// <summary>Milliseconds of everything that succeeded.</summary>
    public IReadOnlyCollection<double> Samples => _samples;

    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Runs every lane to its end; the work is told its lane and its number in it.</summary>
    public Task RunAsync(Func<int, int, Task> work, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        return Task.WhenAll(Enumerable.Range(0, perSecond > 0 ? lanes : 0).Select(lane => LaneAsync(lane)));

        async Task LaneAsync(int lane)
        {
            for (var n = 0; ; n++)
            {
                var due = TimeSpan.FromSeconds((n * lanes + lane) / perSecond);
                if (due > time || clock.Elapsed > time) return;
                if (due - clock.Elapsed is { } wait && wait > TimeSpan.Zero) await Task.Delay(wait, cancellation);
                // A timer that fires late is the measuring program's fault, not the node's.
                var from = n > 0 && clock.Elapsed - due < TimeSpan.FromMilliseconds(20) ? clock.Elapsed : due;
                try
                {
                    await work(lane, n);
                    _samples.Enqueue((clock.Elapsed - from).TotalMilliseconds);
                }
                catch (CliFailure failure)
                {
                    _failures.AddOrUpdate(failure.Code, 1, (_, before) => before + 1);
                }
            }
        }
    }
}
