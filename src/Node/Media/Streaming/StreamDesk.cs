using System.Globalization;
using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What a player is given of an item. Whatever fails has a code, and names no path.</summary>
public sealed class StreamDesk(
    StreamBook book, HlsSessions sessions, RemoteShelf remote, Plays plays, ILogger<StreamDesk> log)
{
    /// <summary>What a file's subtitles may come to as WebVTT.</summary>
    private const int TextBytesMax = 8 << 20;

    private const int NameLengthMax = 32;

    /// <summary>
    /// The file itself, from here or else from another device, and as what it is answered; what ffprobe cannot read is
    /// bytes.
    /// </summary>
    /// <param name="use">What its bytes are wanted for.</param>
    public async Task<(Stream? Content, string Type, Problem? Problem)> FileAsync(
        ItemId item, MediaUse use, CancellationToken cancellation)
    {
        if (book.Open(item) is not { } file)
            return await remote.OpenAsync(item, cancellation) is var (content, name)
                ? (content, Playback.TypeOfName(name), null)
                : (null, "", NotHere);
        try
        {
            if (use == MediaUse.Look) file.While(plays.BeginLooking(item));
            else if (use == MediaUse.Play) file.While(await plays.BeginAsync(item, cancellation));
            return await book.FactsAsync(item, cancellation) is { } facts
                ? (file.ToStream(), Playback.Of(facts).ContentType, null)
                : (file.ToStream(), Playback.UnknownType, null);
        }
        catch (MediaException)
        {
            return (file.ToStream(), Playback.UnknownType, null);
        }
        catch (OperationCanceledException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What it is made of, and how it gets onto a page.</summary>
    /// <param name="asksKeys">
    /// False where it need not be known whether it is copied or coded anew: finding its key frames takes a while.
    /// </param>
    public Task<(StreamView? View, Problem? Problem)> LookAsync(
        ItemId item, bool asksKeys, CancellationToken cancellation) =>
        TriedAsync(async () =>
        {
            if (await book.FactsAsync(item, cancellation) is not { } facts) return null;
            var playback = Playback.Of(facts);
            // Whether it can be copied is only known from its key frames.
            if (asksKeys && playback.CopiesPicture && playback.Mode != PlayMode.Direct
                && await book.PlanAsync(item, cancellation) is { } plan) playback = plan.Playback;
            using var file = book.Open(item);
            return file is null ? null : new StreamView(item, file.Bytes, facts, playback);
        });

    /// <summary>Subtitles as WebVTT.</summary>
    /// <param name="number">Among those that are text, from 0.</param>
    public Task<(byte[]? Text, Problem? Problem)> SubtitlesAsync(
        ItemId item, int number, CancellationToken cancellation) =>
        TriedAsync(async () =>
        {
            if (await book.FactsAsync(item, cancellation) is not { } facts) return null;
            if (number < 0 || number >= facts.Texts.Count) return null;
            return await book.InTurnAsync(
                async () =>
                {
                    using var file = book.Open(item);
                    return file is null ? null : await TextAsync(file, facts.Texts[number].Index, cancellation);
                },
                cancellation);
        });

    /// <summary>The playlist of a viewing.</summary>
    /// <param name="name">What the player calls the viewing: letters, digits, <c>-</c> and <c>_</c>.</param>
    public Task<(string? Playlist, Problem? Problem)> PlaylistAsync(
        ItemId item, string name, CancellationToken cancellation) =>
        InSessionAsync(item, name, s => Task.FromResult<string?>(s.Timeline.Playlist()), cancellation);

    public Task<(byte[]? Init, Problem? Problem)> InitAsync(
        ItemId item, string name, CancellationToken cancellation) =>
        InSessionAsync<byte[]>(item, name, async s => await s.InitAsync(cancellation), cancellation);

    public Task<(FileStream? Segment, Problem? Problem)> SegmentAsync(
        ItemId item, string name, int segment, CancellationToken cancellation) =>
        InSessionAsync(item, name, s => s.SegmentAsync(segment, cancellation), cancellation);

    private Task<(T? Made, Problem? Problem)> InSessionAsync<T>(
        ItemId item, string name, Func<HlsSession, Task<T?>> ask, CancellationToken cancellation)
        where T : class =>
        TriedAsync(async () =>
        {
            if (name.Length is 0 or > NameLengthMax || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return null;
            if (await sessions.FindAsync(item, name, cancellation) is not { } session) return null;
            await plays.NoteAsync(item, cancellation);
            return await ask(session);
        });

    private static async Task<byte[]> TextAsync(OpenedMedia file, int index, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(MediaTool.TimeFor(file.Bytes));
        await using var child = await CodingChild.StartAsync(
        [
            .. StreamProbe.Carefully, "-i", MediaTool.Name(file.Path), "-map",
            string.Create(CultureInfo.InvariantCulture, $"0:{index}"), "-c:s", "webvtt", "-f", "webvtt", "pipe:1",
        ]);
        try
        {
            var text = await MediaTool.AllOfAsync(child.Output, TextBytesMax, patience.Token);
            return await child.Ended == 0
                ? text
                : throw new MediaException("media_unreadable", "The subtitles cannot be read.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaException("media_timeout", "Reading the subtitles took too long.");
        }
    }

    private async Task<(T? Made, Problem? Problem)> TriedAsync<T>(Func<Task<T?>> make)
        where T : class
    {
        try
        {
            return await make() is { } made ? (made, null) : (null, NotHere);
        }
        catch (MediaException failed)
        {
            NodeLog.NotPlayed(log, failed.Code);
            return (null, new Problem(failed.Code, StatusOf(failed.Code), failed.Says));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodeLog.NotPlayed(log, "disk_refused");
            return (null, new Problem("disk_refused", 503, DataDirectory.DiskRefused));
        }
    }

    private static int StatusOf(string code) => code switch
    {
        "media_busy" or "media_timeout" or "ffmpeg_missing" or "disk_refused" => 503,
        "media_gap" or "media_gone" => 404,
        _ => 409,
    };

    private static Problem NotHere { get; } = Problem.NotFound("item on this device");
}

/// <summary>What an item's bytes are wanted for.</summary>
public enum MediaUse
{
    /// <summary>Only what they are is asked, not they.</summary>
    Ask,

    /// <summary>A page gets ready to play it; it says by itself when somebody does.</summary>
    Look,
    Play,
}

/// <summary>An item as a player needs to know it.</summary>
public sealed record StreamView(ItemId Item, long Bytes, StreamFacts Facts, Playback Playback);
