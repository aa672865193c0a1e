using System.Collections.Concurrent;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>How far a file has come.</summary>
/// <param name="Bytes">Of verified pieces.</param>
public readonly record struct FetchProgress(int Pieces, int PiecesAll, long Bytes, long BytesAll);

/// <summary>Fetches files by HTTP ranges from several nodes at once; no torrent client takes part.</summary>
/// <remarks>
/// <para>
/// A request asks for one piece, which is compared with its hash before it is written. What is there of a file is
/// compared again when a fetch begins, and only the rest is asked for.
/// </para>
/// <para>
/// Sources are asked in rounds: in each, every source takes pieces until none is left for it or an exchange fails. One
/// that failed in two rounds, or sent a wrong piece, is asked no more. So a fetch ends: a round leaves pieces behind
/// only where a source failed in it.
/// </para>
/// </remarks>
public sealed class RangeFetch(
    BlobShelf shelf, SourceBans bans, CarrierMeters meters, TimeProvider time, ILogger<RangeFetch> log) : IDisposable
{
    /// <summary>Requests under way at one source, whatever is fetched from it.</summary>
    public const int RequestsPerSource = 4;

    private const int FailuresMax = 2;

    // A busy source says how long to wait; one that is busy for longer than this is as good as none.
    private const int WaitsMax = 20;

    private readonly ConcurrentDictionary<NodeId, SemaphoreSlim> _places = new();

    /// <summary>How long a source may send nothing.</summary>
    internal TimeSpan Stall { get; init; } = BlobClient.StallAfter;

    /// <summary>Returns once the file is on the shelf whole; where it is already, at once.</summary>
    /// <param name="sha256">Of the whole file, as whoever vouches for it said; null where nobody did.</param>
    /// <exception cref="CarrierException">
    /// <c>no_source</c>, <c>no_room</c>: what came so far stays. <c>blob_mismatch</c>: nothing stays.
    /// </exception>
    public async Task FetchAsync(
        Metainfo what, Hash256? sha256, IReadOnlyList<BlobSource> sources, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        using var draft = await shelf.BeginAsync(what, cancellation);
        if (draft is null) return;
        await FillAsync(draft, sources, progress, cancellation);
        await draft.FinishAsync(sha256, cancellation);
    }

    /// <summary>One verified piece, from whichever source gives it first.</summary>
    /// <exception cref="CarrierException"><c>no_source</c></exception>
    public async Task<byte[]> PieceAsync(
        Metainfo what, int piece, IReadOnlyList<BlobSource> sources, CancellationToken cancellation)
    {
        foreach (var source in sources.Where(s => !bans.IsBanned(s.Node)))
        {
            try
            {
                if (await AskAsync(what, piece, source, b => what.Matches(piece, b), cancellation) is { } bytes)
                    return bytes;
            }
            catch (PeerException gone)
            {
                NodeLog.PieceNotGiven(log, source.Node, gone.Code);
            }
        }

        throw CarrierException.NoSource();
    }

    public void Dispose()
    {
        foreach (var places in _places.Values) places.Dispose();
    }

    private async Task FillAsync(
        BlobDraft draft, IReadOnlyList<BlobSource> sources, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        var queue = new PieceQueue(draft.Have);
        var asked = sources.DistinctBy(s => s.Node).Select(s => new Asked(s)).ToList();
        draft.Report(progress);
        while (!queue.IsDone)
        {
            var able = asked.Where(s => s.Failures < FailuresMax && !bans.IsBanned(s.Source.Node)).ToList();
            if (able.Count == 0) throw CarrierException.NoSource();
            // Ends requests for pieces that have come from elsewhere.
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var before = draft.Have.Held;
            var went = await Task.WhenAll(
                able.Select(s => DrainAsync(new Job(draft, queue, progress, round), s)));
            cancellation.ThrowIfCancellationRequested();
            // Nobody failed and nothing came: none of them has what is left.
            if (!queue.IsDone && draft.Have.Held == before && !went.Contains(false)) throw CarrierException.NoSource();
        }
    }

    /// <summary>False where an exchange failed.</summary>
    private async Task<bool> DrainAsync(Job job, Asked asked)
    {
        using var own = CancellationTokenSource.CreateLinkedTokenSource(job.Round.Token);
        try
        {
            var theirs = await asked.Source.Client().HaveAsync(job.Draft.Metainfo, own.Token);
            var went = await Task.WhenAll(
                Enumerable.Range(0, RequestsPerSource).Select(_ => WorkAsync(job, asked.Source, theirs, own)));
            if (!went.Contains(false)) return true;
        }
        catch (PeerException gone)
        {
            NodeLog.PieceNotGiven(log, asked.Source.Node, gone.Code);
        }
        catch (OperationCanceledException) when (job.Queue.IsDone)
        {
            return true;
        }

        asked.Failures++;
        return false;
    }

    /// <summary>False where the source failed; its other requests end then, too, if what it sent was wrong.</summary>
    private async Task<bool> WorkAsync(Job job, BlobSource source, PieceSet theirs, CancellationTokenSource own)
    {
        for (var waits = 0; job.Queue.Take(source.Node, theirs) is { } piece;)
        {
            var waitMs = 0L;
            try
            {
                if (await AskAsync(
                        job.Draft.Metainfo, piece, source, bytes => job.Draft.Take(piece, bytes), own.Token) is null)
                {
                    await own.CancelAsync();
                    return false;
                }

                job.Queue.Done(piece);
                job.Draft.Report(job.Progress);
                if (job.Queue.IsDone) await job.Round.CancelAsync();
                waits = 0;
            }
            catch (PeerException busy) when (busy.Failure == Failure.Throttled && waits++ < WaitsMax)
            {
                waitMs = busy.RetryMs;
            }
            catch (PeerException gone)
            {
                NodeLog.PieceNotGiven(log, source.Node, gone.Code);
                return false;
            }
            catch (OperationCanceledException)
            {
                // Everything is here, the owner stopped it, or this source sent something wrong.
                return job.Queue.IsDone;
            }
            finally
            {
                job.Queue.Return(piece, source.Node);
            }

            if (waitMs > 0 && !await WaitedAsync(waitMs, own.Token)) return job.Queue.IsDone;
        }

        return true;
    }

    /// <summary>A piece that was taken; null where it was wrong, for which the source is banned.</summary>
    /// <param name="take">False for other bytes than the piece's.</param>
    private async Task<byte[]?> AskAsync(
        Metainfo what, int piece, BlobSource source, Func<byte[], bool> take, CancellationToken cancellation)
    {
        var places = _places.GetOrAdd(source.Node, _ => new SemaphoreSlim(RequestsPerSource));
        await places.WaitAsync(cancellation);
        byte[] bytes;
        try
        {
            bytes = await source.Client().PieceAsync(what, piece, Stall, cancellation);
        }
        finally
        {
            places.Release();
        }

        if (take(bytes))
        {
            meters.Fetched(bytes.Length);
            return bytes;
        }

        meters.Wrong();
        var length = bans.Charge(source.Node);
        NodeLog.WrongPiece(log, source.Node, (int)length.TotalHours);
        return null;
    }

    private async Task<bool> WaitedAsync(long milliseconds, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Asked(BlobSource source)
    {
        public BlobSource Source => source;

        public int Failures { get; set; }
    }

    private sealed record Job(
        BlobDraft Draft, PieceQueue Queue, IProgress<FetchProgress>? Progress, CancellationTokenSource Round);
}
