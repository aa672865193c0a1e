using Anarchive.Log;

namespace Anarchive.Fleet;

public enum ReleaseStage
{
    /// <summary>Holders were asked for locks.</summary>
    Asking,

    /// <summary>Locked elsewhere; whoever objects has 10 minutes.</summary>
    Waiting,

    /// <summary>The rename is under way.</summary>
    SettingAside,

    Quarantined,

    /// <summary>Holders were asked again, before the bytes are deleted.</summary>
    AskingAgain,

    Purging,

    /// <summary>The rename back is under way.</summary>
    Restoring,

    Ended,
}

/// <summary>A holder's no.</summary>
public sealed record LockRefusal(DeviceId Holder, string Code);

/// <summary>How far a release is; all times by the monotonic clock of the device that releases.</summary>
/// <param name="Ask">The asking that <paramref name="Locked"/> answers.</param>
/// <param name="AskedMs">Noted before the first holder was asked.</param>
/// <param name="SinceMs">When the wait, or the quarantine, began.</param>
/// <param name="Locked">Who granted a lock, in order.</param>
/// <param name="Refused">Who refused one, in order.</param>
/// <param name="Outcome">How it ended, or why the copy is being restored; null before.</param>
public sealed record ReleaseProgress(
    ItemId Item, EventRef Intent, ReleaseStage Stage, ulong Ask, long AskedMs, long SinceMs,
    IReadOnlyList<DeviceId> Locked, IReadOnlyList<LockRefusal> Refused, string? Outcome)
{
    /// <summary>Another device releases the same item: both start anew, in the plan's order.</summary>
    public bool IsMutual => Refused.Any(r => r.Code == ReleaseCodes.LockReleasing);

    /// <summary>False while its file is being moved or deleted, and once it is over.</summary>
    public bool CanTakeBack => Stage is ReleaseStage.Asking or ReleaseStage.Waiting or ReleaseStage.Quarantined
        or ReleaseStage.AskingAgain;
}

/// <summary>Everything that can happen to a release; the times are monotonic milliseconds.</summary>
/// <param name="NowMs">Taken before anything that follows from the input is sent or moved.</param>
public abstract record ReleaseInput(long NowMs)
{
    /// <summary>Time has passed; <paramref name="Ask"/> names an asking that may follow.</summary>
    public sealed record Tick(long NowMs, ulong Ask, ReleaseView View) : ReleaseInput(NowMs);

    /// <summary>A holder answered; <paramref name="Signer"/> is whose key signed it.</summary>
    public sealed record Answered(long NowMs, DeviceId Signer, LockAnswer Answer, ReleaseView View)
        : ReleaseInput(NowMs);

    /// <summary>What was asked of the disk is done and durable; or it is not, and nothing changed.</summary>
    public sealed record Done(long NowMs, string? Code) : ReleaseInput(NowMs);

    /// <summary>The owner wants the copy after all.</summary>
    public sealed record TakeBack(long NowMs) : ReleaseInput(NowMs);
}

/// <summary>What a release asks of its surroundings.</summary>
public abstract record ReleaseEffect
{
    private ReleaseEffect()
    {
    }

    /// <summary>Ask that holder for a lock: <see cref="ReleaseInput.Answered"/>, or nothing.</summary>
    public sealed record AskLock(DeviceId Holder, LockRequest Request) : ReleaseEffect;

    /// <summary>
    /// Rename the copy into quarantine, durably, before <paramref name="ByMs"/>: <see cref="ReleaseInput.Done"/>.
    /// </summary>
    public sealed record SetAside(long ByMs) : ReleaseEffect;

    /// <summary>Rename it back unless it is: <see cref="ReleaseInput.Done"/>. Twice does no harm.</summary>
    public sealed record Restore : ReleaseEffect;

    /// <summary>Delete the bytes before <paramref name="ByMs"/>: <see cref="ReleaseInput.Done"/>.</summary>
    public sealed record Purge(long ByMs) : ReleaseEffect;

    /// <summary>It is over; nothing comes back.</summary>
    public sealed record End(string Outcome, IReadOnlyList<LockRefusal> Refused) : ReleaseEffect;
}
