using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What the owner does with rows of the cache: durable when it returns, and undone if wanted.</summary>
public sealed class CacheDesk(
    Database database, LogWriter writer, CacheBook book, CacheNews news, FleetDesk fleet, CacheWork work,
    TimeProvider time)
{
    /// <summary>Over a petabyte no cache is meant.</summary>
    public const long BudgetBytesMax = 1_000_000_000_000_000;

    private static Problem Starred { get; } = new(
        CacheActs.Starred, 409, "It is starred: take the star off first, then it can be trashed.");

    private static Problem ChangedSince { get; } = new(
        CacheActs.ChangedSince, 409, "That was changed by something later: undo would take that back as well.");

    /// <summary>Stars, unstars, trashes, asks for an item, or asks no longer.</summary>
    /// <param name="scope">The fleet's own star is set and taken by <c>star</c> and <c>unstar</c> alone.</param>
    /// <returns>
    /// <c>not_found</c>, <c>cache_starred</c>, or why the fleet's log refuses; null where it was done.
    /// </returns>
    public async Task<Problem?> ActAsync(
        ItemId item, CacheAct act, PinScope scope, CancellationToken cancellation)
    {
        if (!book.Knows(item)) return Problem.NotFound("item");
        if (scope == PinScope.Fleet && act is not (CacheAct.Star or CacheAct.Unstar))
            return new Problem("bad_scope", 400, "Only a star can be the whole fleet's.");
        var before = book.MarkOf(item, scope);
        var effective = act == CacheAct.Trash && book.IsStarred(item) ? before with { Pin = PinKind.Star } : before;
        var (after, refusal) = CacheActs.Apply(effective, act);
        if (refusal is not null) return Starred;
        if (after == before) return null;
        if (await PutAsync(item, scope, before, after, cancellation) is { } problem) return problem;
        var change = new CacheChange(item, act, before, after);
        await writer.OnWriterAsync(db => CacheTable.Add(db, change, scope, NowMs()), cancellation);
        work.Wake();
        return null;
    }

    /// <summary>Takes the last act on an item back, or the last of all.</summary>
    /// <returns>
    /// The item, or <c>nothing_to_undo</c>, <c>cache_changed_since</c>, or why the fleet's log refuses.
    /// </returns>
    public async Task<(ItemId? Item, Problem? Problem)> UndoAsync(ItemId? item, CancellationToken cancellation)
    {
        NumberedChange? last;
        using (var db = database.OpenReader()) last = CacheTable.Last(db, item);
        if (last is null) return (null, new Problem("nothing_to_undo", 409, "There is nothing to undo."));
        var of = last.Change.Item;
        var now = book.MarkOf(of, last.Scope);
        // Before a file is moved for it.
        if (CacheActs.Undo(now, last.Change, isHere: true).Refusal is not null) return (null, ChangedSince);
        var back = last.Change.Act == CacheAct.Trash && await work.BringBackAsync(of, cancellation);
        var (after, _) = CacheActs.Undo(now, last.Change, back || book.IsHere(of));
        if (await PutAsync(of, last.Scope, now, after, cancellation) is { } problem) return (null, problem);
        await writer.OnWriterAsync(db => CacheTable.Remove(db, last), cancellation);
        work.Wake();
        return (of, null);
    }

    /// <summary>Sets what the cache may hold; culling by itself has to be agreed to again.</summary>
    /// <param name="budgetBytes">Null for no limit but the disk's.</param>
    /// <returns><c>bad_budget</c>; null where it was done.</returns>
    public async Task<Problem?> SetBudgetAsync(
        long? budgetBytes, bool cullsManual, CancellationToken cancellation)
    {
        if (budgetBytes is < 0 or > BudgetBytesMax)
            return new Problem("bad_budget", 400, "A budget is bytes, up to a petabyte, or none.");
        await writer.OnWriterAsync(
            db => CacheTable.Put(db, new CacheSettings(budgetBytes, cullsManual, IsAgreed: false)), cancellation);
        work.Wake();
        return null;
    }

    /// <summary>Notes that an item was played just now.</summary>
    /// <returns><c>not_found</c>; null where it was noted.</returns>
    public async Task<Problem?> PlayedAsync(ItemId item, bool toItsEnd, CancellationToken cancellation)
    {
        if (!book.Knows(item)) return Problem.NotFound("item");
        await news.WriteAsync(
            item,
            db => CacheTable.Change(
                db, item, m => m with { PlayedMs = NowMs(), WatchedMs = toItsEnd ? NowMs() : m.WatchedMs }),
            cancellation);
        return null;
    }

    /// <summary>The pin goes into the fleet's log, the rest stays on this device.</summary>
    private async Task<Problem?> PutAsync(
        ItemId item, PinScope scope, CacheMark before, CacheMark after, CancellationToken cancellation)
    {
        if (after.Pin != before.Pin)
        {
            var pin = new PinSet(item, scope, after.Pin, scope == PinScope.Device ? fleet.Self : null);
            var (_, problem) = await fleet.SayAsync(pin, dryRun: false, cancellation);
            if (problem is not null) return problem;
        }

        var title = book.TitleOf(item);
        await news.WriteAsync(
            item,
            db => CacheTable.Change(db, item, m => m with
            {
                Title = title ?? m.Title,
                IsAsked = scope == PinScope.Device ? after.IsAsked : m.IsAsked,
                // Whoever asks anew does not wait for what failed before.
                Failures = after.IsWanted ? 0 : m.Failures,
                TriedMs = after.IsWanted ? null : m.TriedMs,
                Code = null,
            }),
            cancellation);
        return null;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
