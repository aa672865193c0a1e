using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Does what releases ask for: asks holders, renames, deletes, and says in the log how it ended.</summary>
/// <remarks>One effect of an item at a time; holders are asked side by side.</remarks>
public sealed class ReleaseRun(
    ReleaseBook releases, ReleaseViews views, Quarantine quarantine, ItemStore store, Volumes volumes,
    StoreLoop scanning, HoldingPost post, FleetDesk desk, LockDesk locks, FriendBook friends,
    FriendReleases atFriends, RingBook rings, PeerClient client, IVerifier verifier, ReleaseTimes times,
    ILogger<ReleaseRun> log)
    : IDisposable
{
    private readonly ConcurrentQueue<(ItemId Item, IReadOnlyList<ReleaseEffect> Effects)> _begun = [];
    private readonly Dictionary<ItemId, Retry> _retries = [];

    /// <summary>Released where there is something to do at once.</summary>
    internal SemaphoreSlim Due { get; } = new(0, 1);

    /// <summary>Names an asking.</summary>
    internal static ulong NewAsk() => BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));

    /// <summary>Time has passed for every release in flight.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        foreach (var (item, effects) in await releases.TakeOwedAsync(cancellation))
            await DoAsync(item, effects, cancellation);
        while (_begun.TryDequeue(out var begun)) await DoAsync(begun.Item, begun.Effects, cancellation);
        foreach (var release in releases.Releases.Where(r => r.Progress.Stage != ReleaseStage.Ended))
        {
            var item = release.Progress.Item;
            await StepAsync(
                item, now => new ReleaseInput.Tick(now, NewAsk(), views.Of(item, release.Volume)), cancellation);
        }
    }

    /// <summary>Has a release that was begun go on.</summary>
    internal void Begun(ItemId item, IReadOnlyList<ReleaseEffect> effects)
    {
        _begun.Enqueue((item, effects));
        Wake();
    }

    /// <summary>Ends a release as its owner says; false where its file is being moved just now.</summary>
    internal async Task<bool> TakeBackAsync(ItemId item, CancellationToken cancellation)
    {
        var effects = await releases.StepAsync(item, now => new ReleaseInput.TakeBack(now), cancellation);
        if (effects.Count == 0) return false;
        Begun(item, effects);
        return true;
    }

    internal void Wake()
    {
        try
        {
            Due.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One look answers any number of calls; none is taken while the node stops.
        }
    }

    /// <summary>Releases that were refused by another that let go, too, and whose turn has come; each once.</summary>
    internal IReadOnlyList<(ItemId Item, VolumeId Volume)> TakeRetries()
    {
        var due = _retries.Where(r => r.Value.AtMs <= releases.ActsMs).Select(r => (r.Key, r.Value.Volume)).ToList();
        foreach (var (item, _) in due) _retries.Remove(item);
        return due;
    }

    public void Dispose() => Due.Dispose();

    /// <summary>Carries out the effects, and whatever follows from them.</summary>
    private async Task DoAsync(
        ItemId item, IReadOnlyList<ReleaseEffect> effects, CancellationToken cancellation)
    {
        await Task.WhenAll(effects.OfType<ReleaseEffect.AskLock>().Select(a => AskAsync(item, a, cancellation)));
        foreach (var effect in effects)
            switch (effect)
            {
                case ReleaseEffect.SetAside aside:
                    await DoneAsync(item, await SetAsideAsync(item, aside.ByMs, cancellation), cancellation);
                    break;
                case ReleaseEffect.Restore:
                    await DoneAsync(item, await RestoreAsync(item, cancellation), cancellation);
                    break;
                case ReleaseEffect.Purge purge:
                    await DoneAsync(item, await PurgeAsync(item, purge.ByMs, cancellation), cancellation);
                    break;
                case ReleaseEffect.End end:
                    await EndAsync(item, end, cancellation);
                    break;
                default:
                    break;
            }
    }

    private async Task StepAsync(
        ItemId item, Func<long, ReleaseInput> input, CancellationToken cancellation) =>
        await DoAsync(item, await releases.StepAsync(item, input, cancellation), cancellation);

    private Task DoneAsync(ItemId item, string? code, CancellationToken cancellation) =>
        StepAsync(item, now => new ReleaseInput.Done(now, code), cancellation);

    /// <summary>A holder that cannot be asked, or whose answer is no answer, is silent.</summary>
    private async Task AskAsync(ItemId item, ReleaseEffect.AskLock ask, CancellationToken cancellation)
    {
        LockAnswer? answer = null;
        // A friend signs by its own node's id, which the fleet's log does not know.
        var friend = friends.Find(ask.Holder)?.Friend;
        var holder = friend ?? ask.Holder.AsNode();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            limit.CancelAfter(TimeSpan.FromMilliseconds(times.AnswerMs));
            if (ask.Holder == desk.Self)
            {
                answer = await locks.AnswerOwnAsync(ask.Request, limit.Token);
            }
            else if (friend is null || rings.IsFriend(holder))
            {
                var reply = await client.LockAsync(holder, LockMessage.Of(ask.Request), limit.Token);
                answer = reply.Read(ask.Request, holder, verifier) is { } said
                    ? said with { Holder = ask.Holder }
                    : null;
            }
        }
        catch (PeerException silent)
        {
            NodeLog.LockNotAnswered(log, holder, silent.Code);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            NodeLog.LockNotAnswered(log, holder, ReleaseCodes.LockNoAnswer);
        }

        // Who is no friend any more is asked nothing, and promises nothing.
        answer ??= new LockAnswer(ask.Holder, ask.Request.Intent, ask.Request.Ask, ReleaseCodes.LockNoAnswer);
        if (releases.Find(item) is { } release)
            await StepAsync(
                item,
                now => new ReleaseInput.Answered(now, answer.Holder, answer, views.Of(item, release.Volume)),
                cancellation);
    }

    private async Task<string?> SetAsideAsync(ItemId item, long byMs, CancellationToken cancellation)
    {
        if (releases.Find(item) is not { } release) return ReleaseCodes.BytesMissing;
        if (atFriends.At(release.Volume) is { } friend)
            return await SetAsideAtAsync(friend, release, byMs, cancellation);
        await views.LookAsync(cancellation);
        if (views.Referred(item, release.Volume)) return ReleaseCodes.StillReferred;
        if (!releases.MayCount(1, views.Holdings())) return ReleaseCodes.Frozen;
        if (releases.ActsMs > byMs) return ReleaseCodes.TooLate;
        try
        {
            if (!await quarantine.SetAsideAsync(item, release.Volume, cancellation))
                return Absence(release.Volume) ?? ReleaseCodes.BytesMissing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReleaseCodes.DiskRefused;
        }

        await releases.CountAsync(
            1, views.Holdings(), [new LossCount(LossKind.Released, desk.Self, release.Volume, 1)], cancellation);
        await TellAsync(release, ReleaseOutcome.Quarantined, cancellation);
        return null;
    }

    /// <summary>That it went, the watch over other devices' copies counts.</summary>
    private async Task<string?> SetAsideAtAsync(
        FriendDevice friend, OwnRelease release, long byMs, CancellationToken cancellation)
    {
        if (!releases.MayCount(1, views.Holdings())) return ReleaseCodes.Frozen;
        if (releases.ActsMs > byMs) return ReleaseCodes.TooLate;
        if (await atFriends.SetAsideAsync(friend, release.Progress.Item, cancellation) is { } code) return code;
        await TellAsync(release, ReleaseOutcome.Quarantined, cancellation);
        return null;
    }

    private async Task<string?> RestoreAsync(ItemId item, CancellationToken cancellation)
    {
        if (releases.Find(item) is not { } release) return ReleaseCodes.BytesMissing;
        if (atFriends.At(release.Volume) is { } friend)
            return await atFriends.RestoreAsync(friend, item, cancellation);
        try
        {
            if (await quarantine.RestoreAsync(item, release.Volume, cancellation)) return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReleaseCodes.DiskRefused;
        }

        // Nothing was set aside: it is in its place still, or somebody else took it.
        return Absence(release.Volume)
            ?? (store.Find(item, release.Volume) is null ? ReleaseCodes.BytesMissing : null);
    }

    private async Task<string?> PurgeAsync(ItemId item, long byMs, CancellationToken cancellation)
    {
        if (releases.Find(item) is not { } release) return ReleaseCodes.BytesMissing;
        if (releases.ActsMs > byMs) return ReleaseCodes.TooLate;
        if (atFriends.At(release.Volume) is { } friend)
            return await atFriends.PurgeAsync(friend, item, cancellation);
        try
        {
            return await quarantine.PurgeAsync(item, release.Volume, cancellation)
                ? null
                : Absence(release.Volume) ?? ReleaseCodes.BytesMissing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReleaseCodes.DiskRefused;
        }
    }

    private async Task EndAsync(ItemId item, ReleaseEffect.End end, CancellationToken cancellation)
    {
        if (releases.Find(item) is not { } release) return;
        NodeLog.ReleaseEnded(log, item.ToString(), end.Outcome);
        var rivals = end.Refused.Where(r => r.Code == ReleaseCodes.LockReleasing).Select(r => r.Holder).ToList();
        if (release.AsideMs is null && rivals.Count > 0)
            _retries[item] = new Retry(
                release.Volume, releases.ActsMs + times.RetryMs(rivals.Count(r => r.CompareTo(desk.Self) < 0)));
        // What came back is hashed again before it counts.
        if (release.AsideMs is not null && end.Outcome != ReleaseCodes.Purged) scanning.Wake();
        await TellAsync(
            release,
            end.Outcome == ReleaseCodes.Purged ? ReleaseOutcome.Purged
                : release.AsideMs is null ? ReleaseOutcome.Aborted
                : ReleaseOutcome.Restored,
            cancellation);
    }

    /// <summary>Where the log does not take it now, holdings are told again; the rest is for the record.</summary>
    private async Task TellAsync(OwnRelease release, ReleaseOutcome outcome, CancellationToken cancellation)
    {
        await post.TellAsync(cancellation);
        await desk.SayAsync(
            new ReleaseEnded(outcome), [release.Progress.Intent], dryRun: false, cancellation);
    }

    private string? Absence(VolumeId volume) =>
        volumes.Look(volume) is { IsPresent: true } ? null : ReleaseCodes.VolumeAbsent;

    private sealed record Retry(VolumeId Volume, long AtMs);
}
