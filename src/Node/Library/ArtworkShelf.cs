using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Anarchive.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Whether there is a picture of an item.</summary>
public enum ArtworkState
{
    Here,

    /// <summary>It is being made, or waits for that.</summary>
    Coming,

    /// <summary>None can be made of it.</summary>
    None,
}

/// <summary>Small pictures of films: the cover in the file, or else a frame of it. Made when somebody looks.</summary>
/// <remarks>
/// One is made at a time, and nobody waits for it. Each is coded anew, so that nothing of a file reaches a page but
/// its pixels. They may be deleted at any time; of too many the oldest go.
/// </remarks>
public sealed class ArtworkShelf(
    StreamBook streams, DataDirectory data, IHostApplicationLifetime lifetime, ILogger<ArtworkShelf> log)
    : BackgroundService
{
    /// <summary>Pictures that wait; whoever looks again asks for the others.</summary>
    private const int WaitingMax = 256;

    private const int BytesMax = 1 << 20;
    private const int KeptMax = 5_000;
    private const int NoneMax = 10_000;
    private const string Extension = ".jpg";

    /// <summary>The picture of the film begins to tell something by then, and does not tell the end.</summary>
    private const int FramePercent = 12;

    private readonly ConcurrentDictionary<ItemId, bool> _waiting = new();
    private readonly ConcurrentDictionary<ItemId, bool> _none = new();
    private readonly Channel<ItemId> _asked = Channel.CreateBounded<ItemId>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait });

    private string Folder => Path.Combine(data.Root, "artwork");

    /// <summary>Says whether there is one, and has it made where there may be.</summary>
    public ArtworkState Ask(ItemId item)
    {
        if (File.Exists(PathOf(item))) return ArtworkState.Here;
        if (_none.ContainsKey(item)) return ArtworkState.None;
        if (!_waiting.TryAdd(item, true)) return ArtworkState.Coming;
        if (!_asked.Writer.TryWrite(item)) _waiting.TryRemove(item, out _);
        return ArtworkState.Coming;
    }

    /// <summary>A JPEG, to be read; null where it is not here.</summary>
    public Stream? Open(ItemId item)
    {
        try
        {
            return new FileStream(PathOf(item), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            await foreach (var item in _asked.Reader.ReadAllAsync(stoppingToken))
            {
                await MakeAsync(item, stoppingToken);
                _waiting.TryRemove(item, out _);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task MakeAsync(ItemId item, CancellationToken cancellation)
    {
        try
        {
            var made = await streams.FactsAsync(item, cancellation) is { } facts
                ? await streams.InTurnAsync(() => GrabAsync(item, facts, cancellation), cancellation)
                : null;
            if (made is { Length: > 0 }) Keep(item, made);
            else Remember(item);
        }
        catch (MediaException failed)
        {
            NodeLog.NoArtwork(log, failed.Code);
            Remember(item);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodeLog.NoArtwork(log, "disk_refused");
        }
    }

    /// <summary>The cover, or a frame that is like those around it, for few are black.</summary>
    private async Task<byte[]?> GrabAsync(ItemId item, StreamFacts facts, CancellationToken cancellation)
    {
        using var file = streams.Open(item);
        if (file is null || (facts.Cover ?? facts.Picture?.Index) is not { } stream) return null;
        var atMs = facts.Cover is null ? facts.DurationMs * FramePercent / 100 : 0;
        const string Small = "scale=w='min(480,iw)':h='min(480,ih)':force_original_aspect_ratio=decrease";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(MediaTool.TimeFor(0));
        await using var child = await CodingChild.StartAsync(
        [
            .. StreamProbe.Carefully, "-ss", string.Create(CultureInfo.InvariantCulture, $"{atMs / 1_000m}"),
            "-i", MediaTool.Name(file.Path),
            "-map", string.Create(CultureInfo.InvariantCulture, $"0:{stream}"), "-frames:v", "1", "-threads", "1",
            "-vf", facts.Cover is null ? "thumbnail=24," + Small : Small, "-map_metadata", "-1", "-pix_fmt", "yuvj420p",
            "-c:v", "mjpeg", "-q:v", "4", "-f", "image2pipe", "pipe:1",
        ]);
        try
        {
            var picture = await MediaTool.AllOfAsync(child.Output, BytesMax, patience.Token);
            return await child.Ended == 0 ? picture : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaException("media_timeout", "Making a picture of the film took too long.");
        }
    }

    private void Keep(ItemId item, byte[] picture)
    {
        Directory.CreateDirectory(Folder);
        var fresh = PathOf(item) + ".new";
        File.WriteAllBytes(fresh, picture);
        File.Move(fresh, PathOf(item), overwrite: true);
        var kept = new DirectoryInfo(Folder).GetFiles("*" + Extension);
        if (kept.Length <= KeptMax) return;
        foreach (var old in kept.OrderBy(f => f.LastWriteTimeUtc).Take(kept.Length - KeptMax * 9 / 10)) old.Delete();
    }

    private void Remember(ItemId item)
    {
        if (_none.Count > NoneMax) _none.Clear();
        _none[item] = true;
    }

    private string PathOf(ItemId item) => Path.Combine(Folder, item + Extension);
}
