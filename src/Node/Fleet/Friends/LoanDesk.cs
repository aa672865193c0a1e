using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>
/// The lender's answers to a friend, about that friend's own copies. Normative: docs/protocol.md, "Loans".
/// </summary>
/// <remarks>
/// Whoever is lent nothing, and who asks for what another friend keeps here, get the answer of what is not there.
/// </remarks>
public sealed class LoanDesk(
    LoanBook loans, LentFiles files, LentLocks locks, LentUpkeep upkeep, RingBook rings, NodeKey key, TimeProvider time)
{
    // So often a friend may have a copy hashed at once: each reads all of it.
    private const long ProveEveryMs = 12L * 3600 * 1000;

    private readonly Dictionary<(NodeId, ItemId), long> _proves = [];

    /// <summary><c>GET /net/v1/loan</c>.</summary>
    public Task ShowAsync(HttpContext context, NodeId peer)
    {
        if (LoanOf(peer) is not { } loan) return SyncAnswer.NotFoundAsync(context);
        var left = loan.EndsMs is { } ends ? Math.Max(0, (ends - NowMs()) / 1000) : (long?)null;
        return SyncAnswer.JsonAsync(
            context, new LoanReply(loan.Bytes, loans.Used(peer).Bytes, left), LoanJson.Default.LoanReply);
    }

    /// <summary><c>POST /net/v1/loan/{item}</c>.</summary>
    public async Task ActAsync(HttpContext context, NodeId peer)
    {
        if (LoanOf(peer) is not { } loan
            || !ItemId.TryParse(context.Request.RouteValues["item"] as string, out var item))
        {
            await SyncAnswer.NotFoundAsync(context);
            return;
        }

        var (body, code) = await SyncBody.ReadAsync(context.Request, SyncBody.HandshakeBytesMax);
        var asked = code is null ? Wire.TryRead(body.Span, LoanJson.Default.LoanRequest) : null;
        if (asked is null || LockMessage.ReadAsk(asked.Ask) is not { } ask)
        {
            await SyncAnswer.ErrorAsync(context, code ?? "malformed");
            return;
        }

        await loans.Changing.WaitAsync(context.RequestAborted);
        try
        {
            var refusal = await DoAsync(loan, item, asked, context.RequestAborted);
            var word = WordOf(peer, item, ask, refusal);
            await SyncAnswer.JsonAsync(context, LentReply.Of(word, peer, key), LoanJson.Default.LentReply);
        }
        finally
        {
            loans.Changing.Release();
        }
    }

    /// <summary>Null where the node is no friend now, whatever it was lent.</summary>
    private Loan? LoanOf(NodeId peer) => rings.IsFriend(peer) ? loans.Find(peer) : null;

    /// <summary>Why the act was refused; null where it was done, or there was nothing to do.</summary>
    private Task<string?> DoAsync(Loan loan, ItemId item, LoanRequest asked, CancellationToken cancellation)
    {
        var copy = loans.Find(loan.Friend, item);
        return (asked.Act, copy) switch
        {
            (LoanActs.Keep, _) => KeepAsync(loan, copy, item, asked.Size, cancellation),
            (LoanActs.Prove, { State: LentState.Kept }) => ProveAsync(copy, cancellation),
            (LoanActs.Aside, { State: not LentState.Aside }) => SetAsideAsync(copy),
            (LoanActs.Restore, { State: LentState.Aside }) => RestoreAsync(copy),
            (LoanActs.Purge, { State: LentState.Aside }) => PurgeAsync(copy),
            _ => Task.FromResult<string?>(null),
        };
    }

    private async Task<string?> KeepAsync(
        Loan loan, LentCopy? copy, ItemId item, long sizeBytes, CancellationToken cancellation)
    {
        if (copy is { State: LentState.Coming or LentState.Kept } && !files.IsMissing(copy))
        {
            if (copy.State == LentState.Coming) upkeep.Wake();
            return null;
        }

        if (copy is { State: LentState.Aside })
        {
            if (loan.EndsMs is not null) return LoanCodes.Ending;
            // Else it is fetched as one that is not there.
            if (await RestoreAsync(copy) is null) return null;
        }

        var size = copy?.SizeBytes ?? sizeBytes;
        if (size < 1) return LoanCodes.WrongSize;
        var (usedBytes, count) = loans.Used(loan.Friend);
        var own = copy is null ? 0 : 1;
        if (LoanRules.WhyNot(loan, usedBytes - (own * size), count - own, size) is { } code) return code;
        await loans.PutAsync(
            new LentCopy(
                loan.Friend, item, copy?.Volume ?? loan.Volume, size, LentState.Coming, null, null, NowMs(), null),
            cancellation);
        upkeep.Wake();
        return null;
    }

    private async Task<string?> ProveAsync(LentCopy copy, CancellationToken cancellation)
    {
        var (key, nowMs) = ((copy.Friend, copy.Item), NowMs());
        if (_proves.TryGetValue(key, out var lastMs) && nowMs - lastMs < ProveEveryMs) return null;
        _proves[key] = nowMs;
        await loans.PutAsync(copy with { DueMs = nowMs }, cancellation);
        upkeep.Wake();
        return null;
    }

    // What was renamed or deleted is noted even where the asker hung up meanwhile.
    private async Task<string?> SetAsideAsync(LentCopy copy) =>
        await locks.LeaveAsync(copy, async () =>
        {
            if (!files.SetAside(copy)) return false;
            await loans.PutAsync(
                copy with { State = LentState.Aside, Code = null, HashedMs = null, AsideMs = NowMs() },
                CancellationToken.None);
            return true;
        })
            ? null
            : files.IsPresent(copy) ? LoanCodes.Locked : VolumeAbsence.RootMissing;

    /// <summary>What comes back is proven only once it is hashed again.</summary>
    private async Task<string?> RestoreAsync(LentCopy copy)
    {
        if (!files.Restore(copy)) return ReleaseCodes.BytesMissing;
        await loans.PutAsync(
            copy with { State = LentState.Kept, Code = null, HashedMs = null, DueMs = NowMs(), AsideMs = null },
            CancellationToken.None);
        upkeep.Wake();
        return null;
    }

    private async Task<string?> PurgeAsync(LentCopy copy)
    {
        if (!files.Purge(copy)) return VolumeAbsence.RootMissing;
        await loans.RemoveAsync(copy, CancellationToken.None);
        return null;
    }

    private LentWord WordOf(NodeId peer, ItemId item, ulong ask, string? refusal)
    {
        if (loans.Find(peer, item) is not { } copy) return new LentWord(item, ask, LentState.None, refusal, null);
        // Whatever the book says: what is not in its place is no copy.
        var state = files.IsMissing(copy) ? LentState.Damaged : copy.State;
        var hashedAgo = state == LentState.Kept && copy.HashedMs is { } hashed
            ? Math.Max(0, (NowMs() - hashed) / 1000)
            : (long?)null;
        return new LentWord(item, ask, state, refusal ?? copy.Code ?? files.Absence(copy), hashedAgo);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What loans add for peers.</summary>
public static class LoanEndpoints
{
    public const string Path = "/net/v1/loan";

    public static void MapLoans(this IEndpointRouteBuilder app)
    {
        Map(app, HttpMethods.Get, Path, (desk, c, peer) => desk.ShowAsync(c, peer));
        Map(app, HttpMethods.Post, Path + "/{item:length(64)}", (desk, c, peer) => desk.ActAsync(c, peer));
    }

    private static void Map(
        IEndpointRouteBuilder app, string method, string path, Func<LoanDesk, HttpContext, NodeId, Task> handle) =>
        app.MapMethods(
            path,
            [method],
            (RequestDelegate)(context => SyncEndpoints.AsPeerAsync(
                context, (c, peer) => handle(c.RequestServices.GetRequiredService<LoanDesk>(), c, peer))))
            .ExcludeFromDescription();
}
