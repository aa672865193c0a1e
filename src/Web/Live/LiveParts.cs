using System.Collections.Concurrent;
using System.Threading.Channels;
using Anarchive.Node;
using Microsoft.Data.Sqlite;

namespace Anarchive.Web;

/// <summary>
/// Keeps open pages current: after a change every topic with viewers is rendered once, at most once a second, and the
/// parts that differ are offered to each viewer. The first change after a quiet second is rendered at once.
/// </summary>
internal sealed class LiveParts(LogWriter writer, PartRenderer renderer, TimeProvider clock, ILogger<LiveParts> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<PartViewer, bool> _viewers = [];
    private readonly Dictionary<LiveTopic, Rendered> _rendered = [];
    // A change during a pass leaves one signal behind, which starts another pass.
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public int Viewers => _viewers.Count;

    public void Join(PartViewer viewer)
    {
        _viewers[viewer] = true;
        _changes.Writer.TryWrite(true);
    }

    public void Leave(PartViewer viewer) => _viewers.TryRemove(viewer, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await KeepCurrentAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops, which is no failure.
        }
    }

    private async Task KeepCurrentAsync(CancellationToken stoppingToken)
    {
        using var listening = writer.Listen(_ => _changes.Writer.TryWrite(true));
        var lastChange = clock.GetTimestamp() - clock.TimestampFrequency;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await ChangedAsync(stoppingToken))
            {
                var rest = TimeSpan.FromMilliseconds(WebLimits.RenderEveryMs) - clock.GetElapsedTime(lastChange);
                if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, stoppingToken);
                lastChange = clock.GetTimestamp();
                _changes.Reader.TryRead(out _);
            }

            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
            {
                // A busy or failing disk delays pages; the next pass tries again.
                WebLog.PartsNotRendered(log, error);
            }
        }
    }

    /// <summary>True on a change. With viewers a quiet second ends the wait, too: peers change silently.</summary>
    private async Task<bool> ChangedAsync(CancellationToken stop)
    {
        var change = _changes.Reader.WaitToReadAsync(stop).AsTask();
        if (_viewers.IsEmpty) return await change;
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var first = await Task.WhenAny(
            change, Task.Delay(TimeSpan.FromMilliseconds(WebLimits.RenderEveryMs), clock, quiet.Token));
        await quiet.CancelAsync();
        return first == change && await change;
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        var topics = _viewers.Keys.ToLookup(viewer => viewer.Topic);
        foreach (var gone in _rendered.Keys.Where(topic => !topics.Contains(topic)).ToList()) _rendered.Remove(gone);
        foreach (var viewers in topics)
        {
            var last = _rendered.GetValueOrDefault(viewers.Key);
            // Taken first: what changes while it is rendered is rendered once more.
            var stamp = renderer.StampOf(viewers.Key);
            if (last is not null && IsCurrent(last, stamp) && !viewers.Any(viewer => viewer.IsFresh)) continue;
            var began = clock.GetTimestamp();
            var parts = await renderer.RenderAsync(viewers.Key, cancellation);
            var before = last?.Shapes ?? [];
            var changed = parts.Where(part => before.GetValueOrDefault(part.Id) != part.Shape).ToList();
            var removed = before.Keys.Except(parts.Select(part => part.Id)).ToList();
            _rendered[viewers.Key] = new Rendered(
                parts.ToDictionary(part => part.Id, part => part.Shape), stamp, clock.GetTimestamp(),
                clock.GetElapsedTime(began));
            foreach (var viewer in viewers)
            {
                foreach (var part in viewer.IsFresh ? parts : changed) viewer.Offer(part.Id, part.Html);
                if (!viewer.IsFresh) foreach (var id in removed) viewer.Offer(id, "");
                viewer.IsFresh = false;
            }
        }
    }

    /// <summary>How long a list that changed is left as it is: the longer, the longer it took to render.</summary>
    internal static TimeSpan RestAfter(TimeSpan took)
    {
        var most = TimeSpan.FromMilliseconds(WebLimits.RenderAnywayMs);
        return took >= most / WebLimits.RenderRestFactor ? most : took * WebLimits.RenderRestFactor;
    }

    /// <summary>
    /// True where rendering it again would show the same, as far as its stamp tells, or is too costly to be done yet.
    /// </summary>
    private bool IsCurrent(Rendered last, object? stamp) => stamp is not null
        && clock.GetElapsedTime(last.At) < (stamp.Equals(last.Stamp)
            ? TimeSpan.FromMilliseconds(WebLimits.RenderAnywayMs)
            : RestAfter(last.Took));

    /// <summary>What a topic's viewers have, of when, and how long rendering it took.</summary>
    private sealed record Rendered(Dictionary<string, string> Shapes, object? Stamp, long At, TimeSpan Took);
}
