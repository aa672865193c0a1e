using System.Globalization;
using Anarchive.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Who watches what: viewings by item and by a name that the player gives itself.</summary>
/// <remarks>
/// No more than <see cref="CodingMax"/> of them code at one time; of those, one that nobody asked for a while gives
/// way. Whatever is on the disk is gone when a viewing ends, and when the node starts.
/// </remarks>
public sealed class HlsSessions(
    StreamBook book, CacheUses uses, DataDirectory data, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<HlsSessions> log) : BackgroundService
{
    /// <summary>ffmpegs that make segments.</summary>
    public const int CodingMax = 2;

    public const int SessionsMax = 8;

    /// <summary>A player that plays asks every few seconds.</summary>
    public static readonly TimeSpan GivesWayAfter = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan EndsAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(ItemId Item, string Name), HlsSession> _sessions = [];
    private long _made;

    private string Folder => Path.Combine(data.Root, "streams");

    /// <summary>Process ids of what codes now.</summary>
    internal IReadOnlyList<int> Coding
    {
        get
        {
            lock (_lock) return [.. _sessions.Values.Select(s => s.ProcessId).OfType<int>()];
        }
    }

    /// <summary>Ends what a killed node left behind.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await EndAsync(_ => true);
    }

    public override void Dispose()
    {
        _places.Dispose();
        base.Dispose();
    }

    /// <summary>The viewing of that name, begun where there is none; null where the item is not here.</summary>
    /// <exception cref="MediaException">As <see cref="StreamBook.PlanAsync"/>, and <c>media_busy</c>.</exception>
    internal async Task<HlsSession?> FindAsync(ItemId item, string name, CancellationToken cancellation)
    {
        lock (_lock)
            if (Touched(item, name) is { } known) return known;
        if (await book.PlanAsync(item, cancellation) is not { } plan) return null;
        if (_sessions.Count >= SessionsMax) await EndAsync(s => s.Idle >= GivesWayAfter);
        lock (_lock)
        {
            if (Touched(item, name) is { } known) return known;
            if (_sessions.Count >= SessionsMax) throw Busy();
            if (book.Open(item) is not { } file) return null;
            file.While(uses.BeginPlaying(item));
            var folder = Path.Combine(Folder, (_made++).ToString(CultureInfo.InvariantCulture));
            return _sessions[(item, name)] = new HlsSession(file, plan, folder, this, time);
        }
    }

    /// <summary>Starts a run where there is room, or where another gives way.</summary>
    /// <exception cref="MediaException"><c>media_busy</c></exception>
    internal async Task<CodingRun> EnterAsync(
        HlsSession who, Func<Task<CodingRun>> start, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            HlsSession[] coding;
            lock (_lock) coding = [.. _sessions.Values.Where(s => s != who && s.IsCoding)];
            if (coding.Length >= CodingMax)
            {
                var idle = coding.MaxBy(s => s.Idle)!;
                if (idle.Idle < GivesWayAfter) throw Busy();
                await idle.RestAsync();
            }

            NodeLog.CodingBegins(log);
            return await start();
        }
        finally
        {
            _places.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            while (true)
            {
                await Task.Delay(LooksEvery, time, stoppingToken);
                await EndAsync(s => s.Idle >= EndsAfter);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private HlsSession? Touched(ItemId item, string name)
    {
        if (!_sessions.TryGetValue((item, name), out var known)) return null;
        known.Touch();
        return known;
    }

    private async Task EndAsync(Func<HlsSession, bool> isOver)
    {
        List<HlsSession> ended = [];
        lock (_lock)
        {
            foreach (var (key, session) in _sessions.Where(s => isOver(s.Value)).ToArray())
            {
                _sessions.Remove(key);
                ended.Add(session);
            }
        }

        foreach (var session in ended)
        {
            try
            {
                await session.DisposeAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The start that comes clears the folder.
                NodeLog.StreamsNotCleared(log);
            }
        }
    }

    private static MediaException Busy() =>
        new("media_busy", "This device makes films ready for others now. Try again in a moment.");
}
