using Anarchive.Fleet;
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

    private readonly SemaphoreSlim _due = new(0, 1);
    private readonly SemaphoreSlim _running = new(1);

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

    /// <summary>Does once what is due.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await _running.WaitAsync(cancellation);
        try
        {
            foreach (var loan in loans.Loans())
            {
                var isOver = LoanRules.IsOver(loan, NowMs());
                foreach (var copy in loans.Copies(loan.Friend))
                    await TryAsync(copy, isOver, cancellation);
                if (isOver && loans.Copies(loan.Friend).Count == 0) await loans.RemoveAsync(loan, cancellation);
            }
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
                await RunAsync(stoppingToken);
                await _due.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>What one copy fails with keeps no other from being looked after.</summary>
    private async Task TryAsync(LentCopy copy, bool isOver, CancellationToken cancellation)
    {
        string code;
        try
        {
            await LookAfterAsync(copy, isOver, cancellation);
            return;
        }
        catch (CarrierException failed)
        {
            code = failed.Code;
        }
        catch (PeerException gone)
        {
            code = gone.Failure == Log.Failure.NotFound ? LoanCodes.NotGiven : gone.Code;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            code = ReleaseCodes.DiskRefused;
        }
        catch (SqliteException)
        {
            NodeLog.LentCopyFailed(log, copy.Item.ToString(), "database");
            return;
        }

        NodeLog.LentCopyFailed(log, copy.Item.ToString(), code);
        if (copy.State != LentState.Aside)
            await ChangeAsync(copy, now => loans.PutAsync(now with { Code = code }, cancellation), cancellation);
    }

    private async Task LookAfterAsync(LentCopy copy, bool isOver, CancellationToken cancellation)
    {
        switch (copy.State)
        {
            // What its owner had set aside goes by the owner's word alone, while the loan lasts.
            case LentState.Aside when (isOver || copy.Code == LoanCodes.Ending)
                && copy.AsideMs is { } since && NowMs() - since >= times.QuarantineMs:
                await ChangeAsync(
                    copy, now => files.Purge(now) ? loans.RemoveAsync(now, cancellation) : Task.CompletedTask,
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
            case LentState.Coming when rings.IsFriend(copy.Friend):
                await FetchAsync(copy, cancellation);
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
            if (!files.SetAside(now)) return false;
            await loans.PutAsync(
                now with { State = LentState.Aside, Code = LoanCodes.Ending, HashedMs = null, AsideMs = NowMs() },
                cancellation);
            return true;
        }),
        cancellation);

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

    private async Task FetchAsync(LentCopy copy, CancellationToken cancellation)
    {
        var source = new ItemSource(copy.Friend, () => client.Items(copy.Friend));
        var items = source.Client();
        var offer = await items.OfferAsync(copy.Item, cancellation);
        if (offer.Size != copy.SizeBytes)
            throw new CarrierException(LoanCodes.WrongSize, "The size that was asked for is not the item's.");
        var layer = await items.LayerAsync(copy.Item, offer, cancellation);
        using (var draft = await CopyDraft.OpenAsync(files.Draft(copy), layer, cancellation))
            await pull.FillAsync(draft, copy.Volume, source, items, offer.Token, null, cancellation);
        await ChangeAsync(copy, now => SettleAsync(now, layer, cancellation), cancellation);
    }

    private async Task SettleAsync(LentCopy copy, PieceLayer layer, CancellationToken cancellation)
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
            cancellation);
        NodeLog.LentCopyCame(log, copy.Item.ToString());
    }

    private async Task HashAsync(LentCopy copy, CancellationToken cancellation)
    {
        if (files.Find(copy) is not { } path || loans.LayerOf(copy.Friend, copy.Item) is not { } layer)
        {
            if (files.IsPresent(copy)) await DamagedAsync(copy, cancellation);
            return;
        }

        bool isWhole;
        using (var file = File.OpenHandle(path, options: FileOptions.SequentialScan))
            isWhole = (await FileBytes.VerifyAsync(
                file, layer, new Pace(options.FleetHashBytesPerSecond, time), cancellation)).IsWhole;
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
