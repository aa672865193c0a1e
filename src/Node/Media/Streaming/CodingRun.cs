using System.Globalization;

namespace Anarchive.Node;

/// <summary>One ffmpeg at work on a film, from one segment on, until it is far enough ahead of who watches.</summary>
/// <remarks>
/// It writes one stream into a pipe. What is read of it is cut at the times of its key frames, so a segment is the same
/// wherever the run began; while nothing is read, it waits. Its output's clock is ahead by
/// <see cref="HlsTimeline.OffsetMs"/>.
/// </remarks>
internal sealed class CodingRun : IAsyncDisposable
{
    /// <summary>Segments made before somebody asks for them: half a minute.</summary>
    public const int AheadMax = 8;

    /// <summary>Key frames are asked for one by one, and one argument has 128 KiB; a run ends after an hour.</summary>
    private const int SegmentsMax = 900;

    private readonly CancellationTokenSource _stop = new();
    private readonly StreamPlan _plan;
    private readonly SegmentShelf _shelf;
    private readonly Pulse _pulse;
    private readonly Func<int> _wanted;
    private readonly CodingChild _child;
    private readonly Task _running;

    private CodingRun(
        CodingChild child, StreamPlan plan, int first, SegmentShelf shelf, Pulse pulse, Func<int> wanted)
    {
        (_child, _plan, First, Next) = (child, plan, first, first);
        (_shelf, _pulse, _wanted) = (shelf, pulse, wanted);
        _running = RunAsync();
    }

    public int First { get; }

    /// <summary>The segment being made.</summary>
    public int Next { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>Why it ended early.</summary>
    public MediaException? Failure { get; private set; }

    public int ProcessId => _child.Id;

    /// <param name="wanted">The segment asked for last; after it changed, the pulse beats.</param>
    /// <exception cref="MediaException"><c>ffmpeg_missing</c></exception>
    public static async Task<CodingRun> StartAsync(
        OpenedMedia file, StreamPlan plan, int first, SegmentShelf shelf, Pulse pulse, Func<int> wanted) =>
        new(await CodingChild.StartAsync(Arguments(file, plan, first)), plan, first, shelf, pulse, wanted);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    internal static IReadOnlyList<string> Arguments(OpenedMedia file, StreamPlan plan, int first)
    {
        var (facts, timeline) = (plan.Facts, plan.Timeline);
        var last = Math.Min(timeline.Count, first + SegmentsMax);
        string[] limit = last < timeline.Count ? ["-t", Seconds(timeline.StartMs(last) - timeline.StartMs(first))] : [];
        return
        [
            .. StreamProbe.Carefully, "-ss", Seconds(timeline.StartMs(first)), .. limit, "-copyts", "-start_at_zero",
            "-i", MediaTool.Name(file.Path),
            .. facts.Picture is { } picture ? Picture(plan, picture, first, last) : ["-frag_duration", "200000"],
            .. facts.Sound is { } sound ? Sound(plan, sound) : [],
            "-map_metadata", "-1", "-map_chapters", "-1", "-output_ts_offset", Seconds(HlsTimeline.OffsetMs),
            "-avoid_negative_ts", "disabled", "-muxdelay", "0", "-use_editlist", "0", "-f", "mp4", "-movflags",
            "+empty_moov+delay_moov+frag_keyframe+default_base_moof+frag_discont", "pipe:1",
        ];
    }

    private static string[] Picture(StreamPlan plan, PictureTrack picture, int first, int last)
    {
        string[] map = ["-map", Map(picture.Index), "-video_track_timescale", "90000"];
        if (plan.Playback.CopiesPicture) return [.. map, "-c:v", "copy"];
        var keys = Enumerable.Range(first, last - first).Select(n => Seconds(plan.Timeline.StartMs(n)));
        return
        [
            .. map, "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", "8M", "-bufsize", "16M",
            "-threads", "2", "-vf",
            "bwdif=mode=send_frame:deint=interlaced,scale=w='min(1920,trunc(iw/2)*2)':h=-2",
            "-pix_fmt", "yuv420p", "-profile:v", "high", "-sc_threshold", "0", "-g", "100000", "-force_key_frames",
            string.Join(',', keys),
        ];
    }

    private static string[] Sound(StreamPlan plan, SoundTrack sound) => plan.Playback.CopiesSound
        ? ["-map", Map(sound.Index), "-c:a", "copy"]
        : ["-map", Map(sound.Index), "-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", "160k"];

    private static string Map(int index) => string.Create(CultureInfo.InvariantCulture, $"0:{index}");

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1_000m}");

    private async Task RunAsync()
    {
        try
        {
            await CutAsync(new Mp4Fragments(_child.Output), _stop.Token);
            if (await _child.Ended != 0)
                throw new MediaException("media_unreadable", "The file cannot be read as media to its end.");
        }
        catch (MediaException failed)
        {
            Failure = failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = new MediaException("disk_refused", DataDirectory.DiskRefused);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            await _child.DisposeAsync();
            IsOver = true;
            _pulse.Beat();
        }
    }

    private async Task CutAsync(Mp4Fragments fragments, CancellationToken cancellation)
    {
        if (await fragments.InitAsync(cancellation) is not { } init) return;
        _shelf.PutInit(init);
        _pulse.Beat();
        FileStream? file = null;
        try
        {
            while (await fragments.NextAsync(cancellation) is { } fragment)
            {
                var at = fragment.TimeUs is { } time
                    ? _plan.Timeline.SegmentAt(time - HlsTimeline.OffsetMs * 1_000L)
                    : Next;
                // It begins at a key frame before the one asked for; what comes late belongs to what is open.
                if (at < First || (file is null && fragment.TimeUs is null))
                {
                    await fragments.BodyAsync(fragment, null, cancellation);
                    continue;
                }

                if (file is null || at > Next)
                {
                    if (file is not null) await FinishAsync(file, at);
                    file = null;
                    Next = Math.Max(Next, at);
                    await RoomAsync(cancellation);
                    file = _shelf.Begin();
                }

                await file.WriteAsync(fragment.Head, cancellation);
                await fragments.BodyAsync(fragment, file, cancellation);
            }

            if (file is not null) await FinishAsync(file, Next + 1);
            file = null;
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    /// <summary>Shows the segment that is whole, and goes on with another.</summary>
    private async Task FinishAsync(FileStream file, int next)
    {
        await file.DisposeAsync();
        _shelf.Take(Next, _wanted());
        Next = next;
        _pulse.Beat();
    }

    private async Task RoomAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var beat = _pulse.Next;
            var wanted = _wanted();
            if (Next <= wanted || (Next <= wanted + AheadMax && !_shelf.IsFullAhead(wanted))) return;
            await beat.WaitAsync(cancellation);
        }
    }
}
