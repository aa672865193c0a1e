using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How the last look at the client went.</summary>
/// <param name="Client">Its program and version; null before it answered.</param>
/// <param name="AtMs">When it was looked at last; null before that.</param>
/// <param name="Fault">Why nothing was seen: <c>no_client</c>, <c>client_not_watched</c>, or the client's code.</param>
/// <param name="Tick">What came of it; null where nothing was seen.</param>
public sealed record ReaperLook(string? Client, long? AtMs, string? Fault, ReapedTick? Tick);

/// <summary>Peers of a torrent in the DHT, as addresses; null where no walk can be made.</summary>
public delegate Task<IReadOnlyList<string>?> DhtWalk(string infoHash, CancellationToken cancellation);

/// <summary>Looks at every torrent of this device's client, judges it, and does what needs nobody's word.</summary>
public sealed class Reaper(
    TorrentHost host, ReaperBook book, ReaperFacts facts, TorrentPost post, WalkBook walks, LinkIsUp link,
    ClientFiles files, TorrentItems items, TorrentFill fill, TorrentJoins joins,
    TimeProvider time, ILogger<Reaper> log) : IDisposable
{
    /// <summary>What is not seen any longer is remembered as long as a search is blocked.</summary>
    private const long RememberMs = Ladder.ResearchEveryMs + 24L * 60 * 60 * 1000;

    private readonly SemaphoreSlim _gate = new(1);
    private long? _clientSinceMs;

    public ReaperLook Last { get; private set; } = new(null, null, "no_client", null);

    /// <summary>One look. A client that does not answer changes nothing.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await SeeAsync(cancellation);
        }
        catch (CarrierException silent)
        {
            _clientSinceMs = null;
            Last = new ReaperLook(Last.Client, time.GetUtcNow().ToUnixTimeMilliseconds(), silent.Code, null);
            NodeLog.ClientFailed(log, silent.Code);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Does something with the client and the book while no look changes either.</summary>
    internal async Task<T> AloneAsync<T>(Func<Task<T>> act, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await act();
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task SeeAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (host.Client is not IWatchedClient client)
        {
            _clientSinceMs = null;
            Last = new ReaperLook(null, nowMs, host.Client is null ? "no_client" : "client_not_watched", null);
            return;
        }

        var version = await client.VersionAsync(cancellation);
        var samples = await client.WatchAsync(nowMs, cancellation);
        _clientSinceMs ??= nowMs;
        // Before anything is judged: what is told here closes what may not be announced.
        await files.LookNowAsync(cancellation);
        await items.TellAsync(samples, cancellation);
        var known = facts.Of(samples);
        var watched = new List<WatchedTorrent>();
        foreach (var sample in samples)
        {
            var before = book.Torrents.GetValueOrDefault(sample.InfoHash)?.Health;
            var mayWalk = walks.CanWalk && Gates.MayWalk(known[sample.InfoHash].Scope, book.MayWalk(sample.InfoHash));
            int? walk = mayWalk && before is { State: not HealthState.Healthy }
                ? await walks.WalkAsync(sample.InfoHash, nowMs, cancellation)
                : null;
            watched.Add(new WatchedTorrent(sample, before, mayWalk, walk));
        }

        var tick = Reaping.Run(new ReaperTick(nowMs, link(), _clientSinceMs.Value), watched);
        if (tick.IsFrozen && Last.Tick is not { IsFrozen: true }) NodeLog.ReaperFrozen(log, tick.Stalling, tick.Judged);
        var kept = new List<KeptTorrent>();
        foreach (var torrent in tick.Torrents)
            kept.Add(await KeepAsync(torrent, known[torrent.Sample.InfoHash], tick.IsFrozen, client, cancellation));
        await book.SaveAsync(kept, nowMs - RememberMs, cancellation);
        await book.SaveAsync(await post.TellAsync(kept, known, cancellation), nowMs - RememberMs, cancellation);
        Last = new ReaperLook(version, nowMs, null, tick);
        foreach (var sample in samples)
            await TryAsync(() => fill.SettleAsync(sample, cancellation));
        if (tick.IsFrozen) return;
        joins.Resume(kept, nowMs);
        foreach (var torrent in kept.Where(IsBeingFilled))
            await TryAsync(() => fill.FillAsync(torrent.Sample.InfoHash, cancellation));
    }

    /// <summary>One that fails does not keep the others from what they are to get.</summary>
    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (CarrierException refused)
        {
            NodeLog.ClientFailed(log, refused.Code);
        }
    }

    /// <summary>Its owner said that it is to have what the fleet has, which may have come by now.</summary>
    private static bool IsBeingFilled(KeptTorrent torrent) =>
        torrent is { IsNeutral: false, Sample: { IsLabelled: true, IsComplete: false } }
        && (torrent.Tried.ContainsKey(Rung.CopyFromFleet) || torrent.Tried.ContainsKey(Rung.CopyFromSeedbox));

    /// <summary>What is kept of a torrent, after what needs nobody's word was done for it.</summary>
    private async Task<KeptTorrent> KeepAsync(
        ReapedTorrent torrent, TorrentFacts known, bool isFrozen, IWatchedClient client, CancellationToken cancellation)
    {
        var before = book.Torrents.GetValueOrDefault(torrent.Sample.InfoHash);
        var memory = new LadderMemory(before?.Tried ?? LadderMemory.Empty.Tried).Seen(torrent.Sample.Activity);
        if (torrent.Health.State == HealthState.Healthy) memory = memory.Climbed();
        var kept = new KeptTorrent(torrent.Sample, torrent.Health, torrent.IsNeutral, memory.Tried, before?.Told);
        if (isFrozen) return kept;
        var step = Ladder.Next(facts.CaseOf(kept, known), memory, torrent.Sample.AtMs);
        if (step is not { IsLive: true, Rung: { } rung }) return kept;
        var ih = new Hash160(Convert.FromHexString(torrent.Sample.InfoHash));
        var isDone = rung == Rung.Reannounce
            ? await client.ReannounceAsync(ih, cancellation)
            : await client.VerifyAsync(ih, cancellation);
        return isDone ? kept with { Tried = memory.With(rung, torrent.Sample.AtMs).Tried } : kept;
    }
}
