namespace Anarchive.Node;

/// <summary>One viewing of one item: its segments, and the ffmpeg that makes them while somebody asks.</summary>
/// <remarks>Safe from any thread. Of requests for different places the last one counts.</remarks>
internal sealed class HlsSession(
    OpenedMedia file, StreamPlan plan, string folder, HlsSessions sessions, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A segment takes no longer on a machine that can play the film at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SegmentShelf _shelf = new(folder);
    private readonly Pulse _pulse = new();
    private CodingRun? _run;
    private long _askedAt = time.GetTimestamp();
    private int _asking;
    private int _wanted;
    private bool _isEnded;

    public HlsTimeline Timeline => plan.Timeline;

    /// <summary>Since it was last asked for something; nothing while it owes an answer.</summary>
    public TimeSpan Idle =>
        Volatile.Read(ref _asking) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _askedAt));

    public bool IsCoding => Volatile.Read(ref _run) is { IsOver: false };

    /// <summary>Null where it is not coding.</summary>
    public int? ProcessId => Volatile.Read(ref _run) is { IsOver: false } run ? run.ProcessId : null;

    public void Touch() => Volatile.Write(ref _askedAt, time.GetTimestamp());

    /// <summary>What every segment needs before it.</summary>
    /// <exception cref="MediaException">Also <c>media_busy</c>, <c>media_moved</c>, <c>media_timeout</c>.</exception>
    public Task<byte[]> InitAsync(CancellationToken cancellation) =>
        AskedAsync(Volatile.Read(ref _wanted), () => _shelf.Init, c => c.IsOver, cancellation);

    /// <summary>A segment, to be read from its beginning; null for a number that there is not.</summary>
    /// <exception cref="MediaException">Also <c>media_gap</c>: nothing begins there.</exception>
    public async Task<FileStream?> SegmentAsync(int segment, CancellationToken cancellation)
    {
        if (segment < 0 || segment >= plan.Timeline.Count) return null;
        Volatile.Write(ref _wanted, segment);
        _pulse.Beat();
        return await AskedAsync(
            segment, () => _shelf.Open(segment), c => c.IsOver || c.Next > segment, cancellation);
    }

    /// <summary>Ends the coding; what is made stays, and the next request goes on.</summary>
    public async Task RestAsync()
    {
        if (Interlocked.Exchange(ref _run, null) is { } run) await run.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _isEnded = true;
            await RestAsync();
            _pulse.Beat();
            _shelf.Clear();
            file.Dispose();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> AskedAsync<T>(
        int segment, Func<T?> look, Func<CodingRun, bool> isPast, CancellationToken cancellation)
        where T : class
    {
        Interlocked.Increment(ref _asking);
        try
        {
            return look() ?? await MadeAsync(segment, look, isPast, cancellation);
        }
        finally
        {
            Touch();
            Interlocked.Decrement(ref _asking);
        }
    }

    private async Task<T> MadeAsync<T>(
        int segment, Func<T?> look, Func<CodingRun, bool> isPast, CancellationToken cancellation)
        where T : class
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var run = await RunForAsync(segment, either.Token);
            while (true)
            {
                var beat = _pulse.Next;
                var isOver = isPast(run);
                if (look() is { } made) return made;
                if (Volatile.Read(ref _run) != run) throw Moved();
                if (isOver) throw run.Failure ?? Gap();
                await beat.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await RestAsync();
            throw new MediaException("media_timeout", "Making this part of the film took too long.");
        }
    }

    /// <summary>The run that comes by that segment soon, or one that begins there.</summary>
    private async Task<CodingRun> RunForAsync(int segment, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_isEnded) throw Moved();
            if (Volatile.Read(ref _run) is { IsOver: false } run
                && segment >= run.Next && segment <= run.Next + CodingRun.AheadMax) return run;
            await RestAsync();
            return await sessions.EnterAsync(this, StartAsync, cancellation);
        }
        finally
        {
            _turn.Release();
        }

        async Task<CodingRun> StartAsync()
        {
            var started = await CodingRun.StartAsync(
                file, plan, segment, _shelf, _pulse, () => Volatile.Read(ref _wanted));
            Volatile.Write(ref _run, started);
            return started;
        }
    }

    private static MediaException Moved() =>
        new("media_moved", "The player asked for another place of the film meanwhile.");

    private static MediaException Gap() => new("media_gap", "The file has nothing to show there.");
}
