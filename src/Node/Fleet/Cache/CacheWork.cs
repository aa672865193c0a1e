using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What a cull did, or would do.</summary>
/// <param name="Culls">In the order they go.</param>
/// <param name="Left">
/// Rows that were to go and stayed: in use by then, needed by the fleet, or more than may go at once.
/// </param>
public sealed record CullReport(
    CacheView View, IReadOnlyList<CacheLine> Culls, IReadOnlyList<ItemId> Left, bool IsDone)
{
    /// <summary>To have done what this tells.</summary>
    public Hash256 Plan => View.CullPlan;
}

/// <summary>Carries out what the cache's rules say. Files are set aside for a week before they are deleted.</summary>
public sealed class CacheWork(
    Database database, LogWriter writer, CacheBook book, CacheNews news, CopyDesk copies, ItemStore store,
    Quarantine quarantine, ReleaseViews needs, ReleaseBook releases, HoldingPost post, FleetDesk desk,
    TimeProvider time, ILogger<CacheWork> log) : IDisposable
{
    /// <summary>More restores at once are only begun when the owner says so (design: dry-run and apply).</summary>
    public const int RestoresMax = 20;

    // D6 of the design: a cull by itself takes no more in one go.
    private const int CullsMax = 50;
    private const int CullsPart = 10;

    private static readonly TimeSpan AsideFor = TimeSpan.FromDays(7);

    private static readonly Problem Changed = new(
        "plan_changed", 409, "By now the cache would let other rows go: look at them, and say so again.");

    private readonly SemaphoreSlim _due = new(0, 1);
    private readonly SemaphoreSlim _working = new(1);

    /// <summary>Has the loop look at once.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of them; none is taken while the node stops.
        }
    }

    /// <summary>What a cull would take now; nothing is changed.</summary>
    public CullReport Culls()
    {
        var view = book.Look();
        return new CullReport(view, Lines(view), [], IsDone: false);
    }

    /// <summary>
    /// Sets aside what <see cref="Culls"/> told of, and agrees to culls by the node itself from then on.
    /// </summary>
    /// <param name="plan">Of what was told, by <see cref="CullReport.Plan"/>.</param>
    /// <returns><c>plan_changed</c> where other rows would go by now, or by other limits: nothing was done.</returns>
    public async Task<(CullReport? Report, Problem? Problem)> CullAsync(Hash256 plan, CancellationToken cancellation)
    {
        await _working.WaitAsync(cancellation);
        try
        {
            var told = Culls();
            if (told.Plan != plan) return (null, Changed);
            await writer.OnWriterAsync(
                db => CacheTable.Put(db, CacheTable.Settings(db) with { IsAgreed = true }), cancellation);
            var left = await SetAsideAsync(told.View, told.View.Judgement.Culls, cancellation);
            return (new CullReport(book.Look(), told.Culls, left, IsDone: true), null);
        }
        finally
        {
            _working.Release();
        }
    }

    /// <summary>Begins the restores that may begin now; how many.</summary>
    /// <param name="apply">The owner said so: however many there are.</param>
    public async Task<int> RestoreAsync(bool apply, CancellationToken cancellation)
    {
        var due = book.Look().Judgement.Restores.Where(r => r.Hold is null).ToList();
        if (due.Count > RestoresMax && !apply) return 0;
        var begun = 0;
        foreach (var restore in due)
        {
            var (_, problem) = await copies.AskAsync(restore.Item, null, null, cancellation);
            await NoteAsync(restore.Item, m => m with { TriedMs = NowMs(), Code = problem?.Code }, cancellation);
            if (problem is null) begun++;
        }

        return begun;
    }

    /// <summary>Out of the quarantine, where a cull put it; false where it is not there.</summary>
    public async Task<bool> BringBackAsync(ItemId item, CancellationToken cancellation)
    {
        await _working.WaitAsync(cancellation);
        try
        {
            IReadOnlyList<QuarantinedItem> aside;
            using (var db = database.OpenReader()) aside = [.. CacheTable.Aside(db).Where(a => a.Item == item)];
            var isBack = false;
            foreach (var (_, volume, _) in aside)
            {
                if (!await quarantine.RestoreAsync(item, volume, cancellation)) continue;
                await news.WriteAsync(item, db => CacheTable.ForgetAside(db, item, volume), cancellation);
                isBack = true;
            }

            return isBack;
        }
        finally
        {
            _working.Release();
        }
    }

    /// <summary>Waits until there is something to look at, but no longer than that.</summary>
    internal Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellation) => _due.WaitAsync(most, cancellation);

    /// <summary>
    /// One look: restores that ended and that are due, culls that were agreed to, and what is a week aside.
    /// </summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        await _working.WaitAsync(cancellation);
        try
        {
            await SettleAsync(cancellation);
            await RestoreAsync(apply: false, cancellation);
            await CullAgreedAsync(cancellation);
            await PurgeAsync(cancellation);
        }
        finally
        {
            _working.Release();
        }
    }

    public void Dispose()
    {
        _due.Dispose();
        _working.Dispose();
    }

    private static List<CacheLine> Lines(CacheView view)
    {
        var lines = view.Lines.ToDictionary(l => l.Item);
        return [.. view.Judgement.Culls.Select(c => lines[c.Item])];
    }

    /// <summary>Notes what became of restores; one that failed is taken back, and begun again later.</summary>
    private async Task SettleAsync(CancellationToken cancellation)
    {
        var lines = book.Look().Lines.ToDictionary(l => l.Item);
        foreach (var copy in copies.All())
        {
            if (!lines.TryGetValue(copy.Item, out var line)) continue;
            if (copy.State == CopyStates.Done)
            {
                // What came long ago may have been culled since, and be wanted again.
                if (line.Row.IsHere) await CameAsync(copy.Item, cancellation);
                continue;
            }

            if (!line.Row.Mark.IsWanted) continue;
            if (copy is not { State: CopyStates.Waiting, Code: { } code } || line.Row.TriedMs is null) continue;
            if (!await copies.CancelAsync(copy.Item, copy.Volume, cancellation)) continue;
            NodeLog.NotRestored(log, copy.Item, code);
            await NoteAsync(
                copy.Item, m => m with { Failures = Math.Min(m.Failures + 1, 100), Code = code }, cancellation);
        }
    }

    private async Task CameAsync(ItemId item, CancellationToken cancellation)
    {
        if (book.Remembered(item) is { CameMs: not null, IsAsked: false, Failures: 0 }) return;
        NodeLog.Restored(log, item);
        await NoteAsync(
            item,
            m => m with { CameMs = m.CameMs ?? NowMs(), IsAsked = false, Failures = 0, TriedMs = null, Code = null },
            cancellation);
    }

    private async Task CullAgreedAsync(CancellationToken cancellation)
    {
        var view = book.Look();
        if (!view.Settings.IsAgreed || view.Judgement.Culls.Count == 0) return;
        var held = view.Lines.Count(l => l.Row.IsHere);
        var most = Math.Min(CullsMax, Math.Max(1, held / CullsPart));
        await SetAsideAsync(view, [.. view.Judgement.Culls.Take(most)], cancellation);
    }

    /// <summary>Sets files aside one by one, each only if it may still go; those that stayed.</summary>
    private async Task<IReadOnlyList<ItemId>> SetAsideAsync(
        CacheView view, IReadOnlyList<CacheCull> culls, CancellationToken cancellation)
    {
        var titles = view.Lines.ToDictionary(l => l.Item, l => l.Title);
        var (left, goingBytes, holdings) = (new List<ItemId>(), 0L, needs.Holdings());
        foreach (var (done, cull) in culls.Index())
        {
            // Too much at once is no making room: what is over waits for its turn, or for the owner.
            if (!releases.MayCount(1 + needs.Leaving(), holdings))
            {
                left.AddRange(culls.Skip(done).Select(c => c.Item));
                break;
            }

            // The client may take its time; what is looked at after it is as it is when the file goes.
            await needs.LookAsync(cancellation);
            // A minute may have passed, and somebody may have begun to play it.
            if (!book.MayStillGo(cull, goingBytes))
            {
                left.Add(cull.Item);
                continue;
            }

            if (!await SetAsideAsync(cull.Item, titles[cull.Item], holdings, cancellation))
            {
                left.Add(cull.Item);
                goingBytes += cull.Bytes;
                continue;
            }

            NodeLog.Culled(log, cull.Item, cull.Cause);
        }

        await post.TellAsync(cancellation);
        return left;
    }

    private async Task<bool> SetAsideAsync(
        ItemId item, string title, int holdings, CancellationToken cancellation)
    {
        var isAside = false;
        foreach (var volume in store.Copies(item).Select(c => c.Volume.Id).Distinct().ToList())
        {
            // A torrent gives it to others still (D7).
            if (needs.Referred(item, volume)) continue;
            await news.WriteAsync(
                item,
                db =>
                {
                    CacheTable.PutAside(db, new QuarantinedItem(item, volume, NowMs()));
                    CacheTable.Change(db, item, m => m with { Title = title, IsAsked = false });
                },
                cancellation);
            // Where the disk refuses in the midst of it, some of it went, and that counts.
            var isGone = true;
            try
            {
                isGone = await quarantine.SetAsideAsync(item, volume, cancellation);
            }
            finally
            {
                news.Note(item);
                var gone = new LossCount(LossKind.Culled, desk.Self, volume, 1);
                if (isGone)
                    await releases.CountAsync(isAside ? 0 : 1, holdings, [gone], CancellationToken.None);
            }

            isAside |= isGone;
            if (!isGone) await news.WriteAsync(item, db => CacheTable.ForgetAside(db, item, volume), cancellation);
        }

        return isAside;
    }

    /// <summary>Deletes what was set aside a week ago; what is needed or wanted by now comes back instead.</summary>
    private async Task PurgeAsync(CancellationToken cancellation)
    {
        IReadOnlyList<QuarantinedItem> aside;
        using (var db = database.OpenReader()) aside = CacheTable.Aside(db);
        var kept = quarantine.All().Select(q => (q.Item, q.Volume)).ToHashSet();
        foreach (var (item, volume, sinceMs) in aside)
        {
            if (!kept.Contains((item, volume)))
            {
                await news.WriteAsync(item, db => CacheTable.ForgetAside(db, item, volume), cancellation);
                continue;
            }

            if (NowMs() - sinceMs < (long)AsideFor.TotalMilliseconds || releases.Breaker.IsOpen) continue;
            var isDone = MayGo(item)
                ? await quarantine.PurgeAsync(item, volume, cancellation)
                : await quarantine.RestoreAsync(item, volume, cancellation);
            if (isDone) await news.WriteAsync(item, db => CacheTable.ForgetAside(db, item, volume), cancellation);
        }

        await post.TellAsync(cancellation);
    }

    private bool MayGo(ItemId item) =>
        !book.IsBound(item) && !book.IsStarred(item) && !book.Remembered(item).IsAsked;

    private Task NoteAsync(ItemId item, Func<CacheMemory, CacheMemory> change, CancellationToken cancellation) =>
        news.WriteAsync(item, db => CacheTable.Change(db, item, change), cancellation);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
