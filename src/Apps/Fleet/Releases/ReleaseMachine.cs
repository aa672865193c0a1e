using System.Diagnostics;

namespace Anarchive.Fleet;

/// <summary>A device's release of its copy of one item: no clock, no disk, no waiting. One thread.</summary>
/// <remarks>
/// Intent, locks of holders, a wait, quarantine, and after days the whole check again before the bytes go. Whatever
/// fails restores the copy. Its own clock is noted before the first holder is asked; a holder's lock begins later, so
/// half a lock's time from there is safe unless one clock runs twice as fast as the other.
/// </remarks>
public sealed class ReleaseMachine(DeviceId self, ReleaseTimes times, ReleaseProgress release)
{
    public ReleaseProgress State { get; private set; } = release;

    /// <summary>A release that begins: its holders are asked, or it ends at once.</summary>
    public static (ReleaseMachine Machine, IReadOnlyList<ReleaseEffect> Effects) Begin(
        DeviceId self, ReleaseTimes times, LockRequest ask, ReleaseView view, long nowMs)
    {
        var machine = new ReleaseMachine(self, times, new ReleaseProgress(
            ask.Item, ask.Intent, ReleaseStage.Asking, ask.Ask, nowMs, nowMs, [], [], null));
        var effects = new List<ReleaseEffect>();
        machine.Ask(ReleaseStage.Asking, nowMs, ask.Ask, view, effects);
        return (machine, effects);
    }

    public IReadOnlyList<ReleaseEffect> Step(ReleaseInput input)
    {
        var effects = new List<ReleaseEffect>();
        switch (input)
        {
            case ReleaseInput.Tick tick:
                Tick(tick, effects);
                break;
            case ReleaseInput.Answered answered:
                Answered(answered, effects);
                break;
            case ReleaseInput.Done done:
                Done(done, effects);
                break;
            case ReleaseInput.TakeBack back:
                TakeBack(back.NowMs, effects);
                break;
            default:
                throw new UnreachableException();
        }

        return effects;
    }

    /// <summary>After a restart: how long the copy has been in quarantine is all that is left of time.</summary>
    public IReadOnlyList<ReleaseEffect> Restart(long nowMs, long quarantinedForMs)
    {
        var effects = new List<ReleaseEffect>();
        switch (State.Stage)
        {
            case ReleaseStage.Waiting or ReleaseStage.SettingAside
                when RuleSwitch.IsOff(ReleaseRule.RestartAbandons):
                State = State with { Stage = ReleaseStage.Waiting, AskedMs = nowMs, SinceMs = nowMs };
                break;
            case ReleaseStage.Asking or ReleaseStage.Waiting:
                End(ReleaseCodes.Abandoned, effects);
                break;
            case ReleaseStage.SettingAside:
                Restore(ReleaseCodes.Abandoned, nowMs, effects);
                break;
            case ReleaseStage.Restoring:
                Restore(State.Outcome ?? ReleaseCodes.Abandoned, nowMs, effects);
                break;
            case ReleaseStage.Quarantined or ReleaseStage.AskingAgain or ReleaseStage.Purging:
                State = State with
                {
                    Stage = ReleaseStage.Quarantined,
                    AskedMs = nowMs - times.AnswerMs,
                    SinceMs = nowMs - Math.Max(0, quarantinedForMs),
                    Locked = [],
                };
                break;
            case ReleaseStage.Ended:
                break;
            default:
                throw new UnreachableException();
        }

        return effects;
    }

    private void Tick(ReleaseInput.Tick tick, List<ReleaseEffect> effects)
    {
        var now = tick.NowMs;
        switch (State.Stage)
        {
            case ReleaseStage.Asking or ReleaseStage.AskingAgain when now - State.AskedMs >= times.AnswerMs:
                GiveUp(tick.View, now, effects);
                break;
            case ReleaseStage.Waiting when now - State.SinceMs >= times.WaitMs:
                SetAside(tick.View, now, effects);
                break;
            case ReleaseStage.Quarantined when now - State.SinceMs >= times.QuarantineMs
                && now - State.AskedMs >= times.AnswerMs && tick.View is { IsFrozen: false, IsVolumePresent: true }:
                if (RuleSwitch.IsOff(ReleaseRule.CheckedBeforePurge)) Purge(long.MaxValue, effects);
                else Ask(ReleaseStage.AskingAgain, now, tick.Ask, tick.View, effects);
                break;
            case ReleaseStage.Restoring when now - State.SinceMs >= times.AnswerMs:
                Restore(State.Outcome ?? ReleaseCodes.Abandoned, now, effects);
                break;
            default:
                break;
        }
    }

    private void Answered(ReleaseInput.Answered input, List<ReleaseEffect> effects)
    {
        var answer = input.Answer;
        if (State.Stage is not (ReleaseStage.Asking or ReleaseStage.Waiting or ReleaseStage.AskingAgain)) return;
        if (answer.Intent != State.Intent || answer.Ask != State.Ask) return;
        if (input.Signer != answer.Holder && !RuleSwitch.IsOff(ReleaseRule.HolderSpeaks)) return;
        if (State.Locked.Contains(answer.Holder) || State.Refused.Any(r => r.Holder == answer.Holder)) return;
        State = answer.Code is { } code
            ? State with { Refused = Refusing([new LockRefusal(answer.Holder, code)]) }
            : State with { Locked = [.. State.Locked.Append(answer.Holder).Order()] };
        if (State.Stage != ReleaseStage.Waiting) Decide(input.View, input.NowMs, effects);
    }

    private void Decide(ReleaseView view, long now, List<ReleaseEffect> effects)
    {
        if (Judge(view).IsAllowed && State.Stage == ReleaseStage.Asking)
            State = State with { Stage = ReleaseStage.Waiting, SinceMs = now };
        else if (Judge(view).IsAllowed) PurgeInTime(view, now, effects);
        else if (DropRule.Lockable(view.Copies).All(HasAnswered)) GiveUp(view, now, effects);
    }

    private void PurgeInTime(ReleaseView view, long now, List<ReleaseEffect> effects)
    {
        var by = State.AskedMs + times.ActByMs;
        if (view.IsFrozen || !view.IsVolumePresent) State = State with { Stage = ReleaseStage.Quarantined };
        else if (now > by) Restore(ReleaseCodes.TooLate, now, effects);
        else Purge(by, effects);
    }

    private void SetAside(ReleaseView view, long now, List<ReleaseEffect> effects)
    {
        var by = RuleSwitch.IsOff(ReleaseRule.ActInHalfTheTime) ? long.MaxValue : State.AskedMs + times.ActByMs;
        var code = Obstacle(view) ?? (now > by ? ReleaseCodes.TooLate : Judge(view).Code);
        if (code is not null)
        {
            End(code, effects);
            return;
        }

        State = State with { Stage = ReleaseStage.SettingAside };
        effects.Add(new ReleaseEffect.SetAside(by));
    }

    private void Done(ReleaseInput.Done done, List<ReleaseEffect> effects)
    {
        switch (State.Stage)
        {
            // Whatever went wrong: a restore that finds nothing to do ends it.
            case ReleaseStage.SettingAside when done.Code is { } code:
                Restore(code, done.NowMs, effects);
                break;
            case ReleaseStage.SettingAside when done.NowMs - State.AskedMs > times.ActByMs
                && !RuleSwitch.IsOff(ReleaseRule.ActInHalfTheTime):
                Restore(ReleaseCodes.TooLate, done.NowMs, effects);
                break;
            case ReleaseStage.SettingAside:
                State = State with { Stage = ReleaseStage.Quarantined, SinceMs = done.NowMs, Locked = [] };
                break;
            case ReleaseStage.Purging when done.Code is null or ReleaseCodes.BytesMissing:
                End(ReleaseCodes.Purged, effects);
                break;
            case ReleaseStage.Purging:
                State = State with { Stage = ReleaseStage.Quarantined, AskedMs = done.NowMs, Locked = [] };
                break;
            case ReleaseStage.Restoring when done.Code is null or ReleaseCodes.BytesMissing:
                End(done.Code ?? State.Outcome ?? ReleaseCodes.Abandoned, effects);
                break;
            default:
                break;
        }
    }

    private void Ask(ReleaseStage stage, long now, ulong ask, ReleaseView view, List<ReleaseEffect> effects)
    {
        State = State with { Stage = stage, Ask = ask, AskedMs = now, Locked = [], Refused = [] };
        var holders = DropRule.Lockable(view.Copies);
        var hoped = DropRule.Judge(
            view.Floor, [.. view.Copies.Select(c => c with { IsLocked = holders.Contains(c.Device) })]);
        if ((Obstacle(view) ?? hoped.Code) is { } code)
        {
            Stop(code, now, effects);
            return;
        }

        effects.AddRange(holders.Select(h =>
            new ReleaseEffect.AskLock(h, new LockRequest(State.Item, State.Intent, self, ask))));
        // Rules switched off may need nobody's lock.
        if (Judge(view).IsAllowed) Decide(view, now, effects);
    }

    private void GiveUp(ReleaseView view, long now, List<ReleaseEffect> effects)
    {
        var silent = DropRule.Lockable(view.Copies).Where(h => !HasAnswered(h));
        State = State with { Refused = Refusing(silent.Select(h => new LockRefusal(h, ReleaseCodes.LockNoAnswer))) };
        Stop(Judge(view).Code ?? ReleaseCodes.LocksMissing, now, effects);
    }

    /// <summary>Before the copy was set aside that is the end; after, it is put back first.</summary>
    private void Stop(string code, long now, List<ReleaseEffect> effects)
    {
        if (State.Stage == ReleaseStage.Asking) End(code, effects);
        else Restore(code, now, effects);
    }

    private void TakeBack(long now, List<ReleaseEffect> effects)
    {
        if (!State.CanTakeBack) return;
        if (State.Stage is ReleaseStage.Quarantined or ReleaseStage.AskingAgain)
            Restore(ReleaseCodes.TakenBack, now, effects);
        else End(ReleaseCodes.TakenBack, effects);
    }

    private void Restore(string code, long now, List<ReleaseEffect> effects)
    {
        State = State with { Stage = ReleaseStage.Restoring, SinceMs = now, Locked = [], Outcome = code };
        effects.Add(new ReleaseEffect.Restore());
    }

    private void Purge(long byMs, List<ReleaseEffect> effects)
    {
        State = State with { Stage = ReleaseStage.Purging };
        effects.Add(new ReleaseEffect.Purge(byMs));
    }

    private void End(string outcome, List<ReleaseEffect> effects)
    {
        State = State with { Stage = ReleaseStage.Ended, Locked = [], Outcome = outcome };
        effects.Add(new ReleaseEffect.End(outcome, State.Refused));
    }

    private DropAnswer Judge(ReleaseView view) => DropRule.Judge(
        view.Floor, [.. view.Copies.Select(c => c with { IsLocked = State.Locked.Contains(c.Device) })]);

    private IReadOnlyList<LockRefusal> Refusing(IEnumerable<LockRefusal> more) =>
        [.. State.Refused.Concat(more).OrderBy(r => r.Holder)];

    private bool HasAnswered(DeviceId holder) =>
        State.Locked.Contains(holder) || State.Refused.Any(r => r.Holder == holder);

    private static string? Obstacle(ReleaseView view) =>
        view.IsFrozen ? ReleaseCodes.Frozen : view.IsVolumePresent ? null : ReleaseCodes.VolumeAbsent;
}
