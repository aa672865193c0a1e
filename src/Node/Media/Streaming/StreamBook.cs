using System.Collections.Concurrent;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Where an item lies on this machine, whole; null where it does not. No path leaves this node.</summary>
public delegate string? PathOfItem(ItemId item);

/// <summary>How a file is played, and where its segments begin.</summary>
internal sealed record StreamPlan(StreamFacts Facts, Playback Playback, HlsTimeline Timeline);

/// <summary>What is known of files that were looked at. An item is its content, so that never changes.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class StreamBook(PathOfItem pathOf) : IDisposable
{
    private const int KnownMax = 256;

    /// <summary>Programs that look at files at one time; more wait.</summary>
    private const int LooksMax = 2;

    private readonly SemaphoreSlim _looks = new(LooksMax);
    private readonly ConcurrentDictionary<ItemId, Task<StreamFacts>> _facts = new();
    private readonly ConcurrentDictionary<ItemId, Task<StreamPlan>> _plans = new();

    /// <summary>Null where the item is not on this machine, or is no regular file.</summary>
    public OpenedMedia? Open(ItemId item) => pathOf(item) is { } path ? OpenedMedia.TryOpen(path) : null;

    /// <summary>What an item is made of; null where it is not here.</summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    public Task<StreamFacts?> FactsAsync(ItemId item, CancellationToken cancellation) =>
        KnownAsync(_facts, item, StreamProbe.AskAsync, cancellation);

    /// <summary>How it is played in segments; null where it is not here.</summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    internal async Task<StreamPlan?> PlanAsync(ItemId item, CancellationToken cancellation) =>
        await FactsAsync(item, cancellation) is { } facts
            ? await KnownAsync(_plans, item, (file, c) => PlannedAsync(file, facts, c), cancellation)
            : null;

    /// <summary>Runs when no other work on files is under way, or little.</summary>
    internal async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _looks.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            _looks.Release();
        }
    }

    public void Dispose() => _looks.Dispose();

    private static async Task<StreamPlan> PlannedAsync(
        OpenedMedia file, StreamFacts facts, CancellationToken cancellation)
    {
        var playback = Playback.Of(facts);
        if (facts.Picture is null || !playback.CopiesPicture)
            return new StreamPlan(facts, playback, HlsTimeline.Even(facts.DurationMs));
        return await KeyFrames.FindAsync(file, facts, cancellation) is { } keys
            ? new StreamPlan(facts, playback, HlsTimeline.At(keys, facts.DurationMs))
            : new StreamPlan(
                facts, playback with { Mode = PlayMode.Transcode, CopiesPicture = false },
                HlsTimeline.Even(facts.DurationMs));
    }

    /// <summary>One look for all who ask at once. It goes on when one of them leaves; it has its own bounds.</summary>
    private async Task<T?> KnownAsync<T>(
        ConcurrentDictionary<ItemId, Task<T>> known, ItemId item, Func<OpenedMedia, CancellationToken, Task<T>> look,
        CancellationToken cancellation)
        where T : class
    {
        if (pathOf(item) is not { } path) return null;
        if (known.Count >= KnownMax) known.Clear();
        var looking = known.GetOrAdd(item, _ => Task.Run(() => LookAsync(path, look), CancellationToken.None));
        try
        {
            return await looking.WaitAsync(cancellation);
        }
        catch (MediaException failed) when (failed.Code != "media_unreadable")
        {
            // The next who asks looks again: ffmpeg may be installed by then.
            known.TryRemove(KeyValuePair.Create(item, looking));
            throw;
        }
    }

    private Task<T> LookAsync<T>(string path, Func<OpenedMedia, CancellationToken, Task<T>> look) => InTurnAsync(
        async () =>
        {
            using var file = OpenedMedia.TryOpen(path)
                ?? throw new MediaException("media_gone", "The file is gone, or no regular file.");
            return await look(file, CancellationToken.None);
        },
        CancellationToken.None);
}
