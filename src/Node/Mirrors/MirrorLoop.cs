using System.Security.Cryptography;
using Anarchive.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at each followed hive now and then, each beside the others.</summary>
public sealed class MirrorLoop : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Dictionary<GroupId, Visit> _visits = [];
    private readonly MirrorBook _book;
    private readonly MirrorReader _reader;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<MirrorLoop> _log;
    private readonly long _everyMs;

    internal MirrorLoop(
        MirrorBook book, MirrorReader reader, NodeOptions options, TimeProvider time,
        IHostApplicationLifetime lifetime, ILogger<MirrorLoop> log)
    {
        (_book, _reader, _time, _lifetime, _log) = (book, reader, time, lifetime, log);
        // Half as often as members speak: who reads along need not hear of everything as soon as they.
        _everyMs = 2_000L * options.HeartbeatSeconds;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(_lifetime, stoppingToken)) return;
        using var timer = new PeriodicTimer(Look, _time);
        try
        {
            do await StartDueAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            await Task.WhenAll(_visits.Values.Select(v => v.Running))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var visit in _visits.Values) visit.Stop.Dispose();
        }
    }

    private async Task StartDueAsync(CancellationToken cancellation)
    {
        var mirrors = _book.All;
        foreach (var (group, visit) in _visits.ToList())
        {
            if (_book.Find(group)?.Link == visit.Link) continue;
            // No longer followed, or followed elsewhere: what is under way there ends.
            visit.Stop.Cancel();
            if (!visit.Running.IsCompleted) continue;
            visit.Stop.Dispose();
            _visits.Remove(group);
        }

        foreach (var mirror in mirrors)
        {
            if (!_visits.TryGetValue(mirror.Group, out var visit))
                _visits[mirror.Group] = visit =
                    new Visit(mirror.Link, CancellationTokenSource.CreateLinkedTokenSource(cancellation));
            if (!visit.Running.IsCompleted || visit.Stop.IsCancellationRequested) continue;
            // A failure other than the network's ends the node, as in every loop of it.
            await visit.Running;
            if (_time.GetElapsedTime(visit.EndedAt).TotalMilliseconds >= visit.WaitMs)
                visit.Running = RunAsync(mirror, visit, visit.Stop.Token);
        }
    }

    private async Task RunAsync(Mirror mirror, Visit visit, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            await _reader.CatchUpAsync(mirror, cancellation);
            visit.Backoff.Clear();
            visit.WaitMs = _everyMs;
            var heard = _time.GetUtcNow().ToUnixTimeMilliseconds();
            _book.Note(mirror, mirror with { HeardMs = heard, Failure = null, FailedSinceMs = null });
        }
        catch (PeerException failed)
        {
            visit.WaitMs = Math.Max(failed.RetryMs, visit.Backoff.Fail(Dice()));
            if (mirror.Failure != failed.Code) NodeLog.MirrorFailed(_log, mirror.Group, failed.Code);
            var since = mirror.FailedSinceMs ?? _time.GetUtcNow().ToUnixTimeMilliseconds();
            _book.Note(mirror, mirror with { Failure = failed.Code, FailedSinceMs = since });
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping, or followed no more.
        }

        visit.EndedAt = _time.GetTimestamp();
    }

    private static uint Dice() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));

    /// <summary>The last look at a hive, or the one under way.</summary>
    private sealed class Visit(PublicLink link, CancellationTokenSource stop)
    {
        public Task Running { get; set; } = Task.CompletedTask;

        public PublicLink Link => link;

        public CancellationTokenSource Stop => stop;

        public Backoff Backoff { get; } = new();

        public long EndedAt { get; set; }

        public long WaitMs { get; set; }
    }
}
