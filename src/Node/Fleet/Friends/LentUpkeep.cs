using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// The lender's work: fetches what friends asked it to keep, hashes it again in time, and ends loans once their notice
/// is over.
/// </summary>
public sealed class LentUpkeep(
    LoanBook loans, LentFiles files, LentLocks locks, RingBook rings, CopyPull pull, PeerClient client,
    ReleaseTimes times, NodeOptions options, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<LentUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    // A disk that refuses is tried again after so long, each time after twice as long.
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryLast = TimeSpan.FromHours(12);

    private readonly Dictionary<(NodeId, ItemId), (long AtMs, TimeSpan Wait)> _retries = [];
    private readonly SemaphoreSlim _due = new(0, 1);
    private readonly SemaphoreSlim _running = new(1);

    /// <summary>
    /// So long one friend's copies are fetched before everything else is looked at again; shorter only in tests.
    /// </summary>
    internal TimeSpan Slice { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Has what is new or due done now.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of askings; none is taken while the node stops.
        }
    }

    /// <summary>
    /// Does once what is due: first what this device does alone, then what friends have to give, each for a while.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await _running.WaitAsync(cancellation);
        try
        {
            foreach (var loan in loans.Loans())
            {
                var isOver = LoanRules.IsOver(loan, NowMs());
                foreach (var copy in loans.Copies(loan.Friend))
                    await TryAsync(copy, () => LookAfterAsync(copy, isOver, cancellation), cancellation);
                if (isOver && loans.Copies(loan.Friend).Count == 0) await loans.RemoveAsync(loan, cancellation);
            }

            var isLeft = false;
            foreach (var loan in loans.Loans()) isLeft |= await FetchAsync(loan, cancellation);
            if (isLeft) Wake();
        }
        finally
        {
            _running.Release();
        }
    }

    public override void Dispose()
    {
        _due.Dispose();
        _running.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        await using var again = time.CreateTimer(_ => Wake(), null, Every, Every);
        try
        {
            while (true)
            {
                await TryRunAsync(stoppingToken);
                await _due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>What fails now is tried again; the node goes on.</summary>
    private Task TryRunAsync(CancellationToken stopping) =>
        Round.TryAsync(() => RunAsync(stopping), _ => NodeLog.FleetTickFailed(log), log, stopping);

    /// <summary>What one copy fails with keeps no other from being looked after.</summary>
    /// <returns>False where the copy's owner does not answer now: it need not be asked for another one.</returns>
    private async Task<bool> TryAsync(LentCopy copy, Func<Task> act, CancellationToken cancellation)
    {
        string code;
        var goesOn = true;
        try
        {
            await act();
            return true;
        }
        catch (CarrierException failed)
        {
            code = failed.Code;
        }
        catch (PeerException gone)
        {
            goesOn = gone.Failure == Failure.NotFound;
            code = goesOn ? LoanCodes.NotGiven : gone.Code;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            code = ReleaseCodes.DiskRefused;
            RetryLater(copy);
        }
        catch (SqliteException)
        {
            NodeLog.LentCopyFailed(log, copy.Item.ToString(), "database");
            return true;
        }

        NodeLog.LentCopyFailed(log, copy.Item.ToString(), code);
        if (copy.State != LentState.Aside)
            await ChangeAsync(
                copy,
                now => now.Code == code
                    ? Task.CompletedTask
                    : loans.PutAsync(now with { Code = code }, cancellation),
                cancellation);
        return goesOn;
    }

    private async Task LookAfterAsync(LentCopy copy, bool isOver, CancellationToken cancellation)
    {
        switch (copy.State)
        {
            // What its owner had set aside goes by the owner's word alone, while the loan lasts.
            case LentState.Aside when isOver && copy.AsideMs is { } since && NowMs() - since >= times.QuarantineMs:
                await ChangeAsync(
                    copy,
                    now => IsOver(now) && files.Purge(now)
                        ? loans.RemoveAsync(now, CancellationToken.None)
                        : Task.CompletedTask,
                    cancellation);
                break;
            case var _ when isOver && !files.IsKnown(copy):
                await loans.RemoveAsync(copy, cancellation);
                break;
            case LentState.Aside:
                break;
            case var _ when isOver:
                await EndAsync(copy, cancellation);
                break;
            case LentState.Kept when copy.DueMs <= NowMs() || files.IsMissing(copy):
                await HashAsync(copy, cancellation);
                break;
            default:
                break;
        }
    }

    /// <summary>The notice is over. A copy that a release relies on stays until its lock has lapsed.</summary>
    private Task EndAsync(LentCopy copy, CancellationToken cancellation) => ChangeAsync(
        copy,
        now => locks.LeaveAsync(now, async () =>
        {
            if (!IsOver(now) || !files.SetAside(now)) return false;
            await loans.PutAsync(
                now with { State = LentState.Aside, Code = LoanCodes.Ending, HashedMs = null, AsideMs = NowMs() },
                CancellationToken.None);
            return true;
        }),
        cancellation);

    /// <summary>Also by now: its lender may have taken the end back.</summary>
    private bool IsOver(LentCopy copy) =>
        loans.Find(copy.Friend) is not { } loan || LoanRules.IsOver(loan, NowMs());

    /// <summary>Changes a copy as it is by now, unless its owner had something else done with it meanwhile.</summary>
    private async Task ChangeAsync(
        LentCopy seen, Func<LentCopy, Task> change, CancellationToken cancellation)
    {
        await loans.Changing.WaitAsync(cancellation);
        try
        {
            if (loans.Find(seen.Friend, seen.Item) is { } now && now.State == seen.State) await change(now);
        }
        finally
        {
            loans.Changing.Release();
        }
    }

    /// <summary>True where something is left to be fetched from that friend, which only took longer.</summary>
    private async Task<bool> FetchAsync(Loan loan, CancellationToken cancellation)
    {
        using var slice = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        slice.CancelAfter(Slice);
        var coming = loans.Copies(loan.Friend).Where(c => c.State == LentState.Coming && IsDue(c)).ToList();
        foreach (var listed in coming)
        {
            if (slice.IsCancellationRequested) return true;
            // The friend, or this device's owner, may have said something else while another copy came.
            if (!rings.IsFriend(loan.Friend) || loans.Find(loan.Friend) is not { } now
                || LoanRules.IsOver(now, NowMs())) return false;
            if (loans.Find(loan.Friend, listed.Item) is not { State: LentState.Coming } copy) continue;
            try
            {
                if (!await TryAsync(copy, () => FetchAsync(copy, slice, cancellation), cancellation)) return false;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsDue(LentCopy copy) =>
        !_retries.TryGetValue((copy.Friend, copy.Item), out var retry) || retry.AtMs <= NowMs();

    private void RetryLater(LentCopy copy)
    {
        var wait = _retries.TryGetValue((copy.Friend, copy.Item), out var before) ? before.Wait * 2 : RetryFirst;
        if (wait > RetryLast) wait = RetryLast;
        _retries[(copy.Friend, copy.Item)] = (NowMs() + (long)wait.TotalMilliseconds, wait);
    }

    /// <summary>What came stays when the slice is over; what lies there whole needs nobody to give it.</summary>
    private async Task FetchAsync(LentCopy copy, CancellationTokenSource slice, CancellationToken cancellation)
    {
        var source = new ItemSource(copy.Friend, () => client.Items(copy.Friend));
        var items = source.Client();
        var layer = loans.LayerOf(copy.Friend, copy.Item);
        TransferReply? offer = null;
        try
        {
            if (layer is null)
            {
                offer = await OfferAsync(items, copy, slice.Token);
                layer = await items.LayerAsync(copy.Item, offer, slice.Token);
            }

            var openedAt = time.GetTimestamp();
            using var draft = await CopyDraft.OpenAsync(files.Draft(copy), layer, cancellation);
            if (!draft.Have.IsWhole)
            {
                // What is there was read again: of something large more has to come than that took.
                var opening = time.GetElapsedTime(openedAt);
                if (opening * 2 > Slice) slice.CancelAfter(opening * 2);
                offer ??= await OfferAgainAsync(items, copy, slice.Token);
                await pull.PiecesAsync(draft, copy.Volume, source, items, offer.Token, null, slice.Token);
            }

            // A disk that loses what it took: nothing of it is believed.
            if (!await draft.SettleAsync(cancellation)) throw CopyFailures.NoSource();
        }
        catch (PeerException broken) when (offer is not null && broken.Failure == Failure.Unreachable)
        {
            // Its owner had just answered: what breaks off then may be this copy's fault alone.
            throw new CarrierException(broken.Code, "Its owner gives no right bytes of it.", broken);
        }

        await ChangeAsync(copy, now => SettleAsync(now, layer), cancellation);
    }

    // What was renamed is noted even where the node stops meanwhile.
    private async Task SettleAsync(LentCopy copy, PieceLayer layer)
    {
        files.Settle(copy);
        var nowMs = NowMs();
        await loans.PutAsync(
            copy with
            {
                State = LentState.Kept,
                Code = null,
                HashedMs = nowMs,
                DueMs = Reverification.DueMs(copy.Item, nowMs),
                AsideMs = null,
            },
            layer,
            CancellationToken.None);
        _retries.Remove((copy.Friend, copy.Item));
        NodeLog.LentCopyCame(log, copy.Item.ToString());
    }

    /// <summary>Of a copy that was read for it: while its owner is away, that is not done at every look.</summary>
    private async Task<TransferReply> OfferAgainAsync(
        ItemClient items, LentCopy copy, CancellationToken cancellation)
    {
        try
        {
            return await OfferAsync(items, copy, cancellation);
        }
        catch (PeerException away) when (away.Failure != Failure.NotFound)
        {
            // One that answers may only not have noted yet that the copy is to come.
            RetryLater(copy);
            throw;
        }
    }

    private static async Task<TransferReply> OfferAsync(
        ItemClient items, LentCopy copy, CancellationToken cancellation)
    {
        var offer = await items.OfferAsync(copy.Item, cancellation);
        return offer.Size == copy.SizeBytes
            ? offer
            : throw new CarrierException(LoanCodes.WrongSize, "The size that was asked for is not the item's.");
    }

    private async Task HashAsync(LentCopy copy, CancellationToken cancellation)
    {
        if (files.Find(copy) is not { } path || loans.LayerOf(copy.Friend, copy.Item) is not { } layer)
        {
            if (files.IsPresent(copy)) await DamagedAsync(copy, cancellation);
            return;
        }

        var isWhole = false;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            isWhole = (await FileBytes.VerifyAsync(
                file, layer, new Pace(options.FleetHashBytesPerSecond, time), cancellation)).IsWhole;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that went away lost nothing; one that is there and cannot be read keeps nothing.
            if (!files.IsPresent(copy)) throw;
            RetryLater(copy);
        }

        if (!isWhole)
        {
            await DamagedAsync(copy, cancellation);
            return;
        }

        var nowMs = NowMs();
        await ChangeAsync(
            copy,
            now => loans.PutAsync(
                now with { Code = null, HashedMs = nowMs, DueMs = Reverification.DueMs(copy.Item, nowMs) },
                cancellation),
            cancellation);
    }

    /// <summary>The friend is told when it asks next, and has it fetched again if it wants to.</summary>
    private Task DamagedAsync(LentCopy copy, CancellationToken cancellation)
    {
        NodeLog.LentCopyDamaged(log, copy.Item.ToString());
        return ChangeAsync(
            copy, now => loans.PutAsync(now with { State = LentState.Damaged, HashedMs = null }, cancellation),
            cancellation);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
