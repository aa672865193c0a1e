using System.Collections.Concurrent;

namespace Anarchive.Tests.Integration;

/// <summary>The system's time, set wrong by as much as a test says.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    private readonly ConcurrentDictionary<ShiftedTimer, bool> _timers = new();
    private long _aheadTicks = shift.Ticks;
    private long _laterTicks;

    /// <summary>Sets the wall clock; what measures durations does not notice.</summary>
    public void SetAhead(TimeSpan shift) => Interlocked.Exchange(ref _aheadTicks, shift.Ticks);

    /// <summary>Lets time pass: quotas refill.</summary>
    public void Pass(TimeSpan time) =>
        Interlocked.Add(ref _laterTicks, (long)(time.TotalSeconds * TimestampFrequency));

    /// <summary>Lets time pass by every clock; timers that are due by then fire at once.</summary>
    public void Skip(TimeSpan time)
    {
        Interlocked.Add(ref _aheadTicks, time.Ticks);
        Pass(time);
        foreach (var timer in _timers.Keys) timer.LookAgain();
    }

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _laterTicks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ShiftedTimer(this, () => callback(state));
        _timers[timer] = true;
        timer.Change(dueTime, period);
        return timer;
    }

    private ITimer SystemTimer(Action callback) =>
        base.CreateTimer(_ => callback(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>One of the system's timers, set anew whenever time was skipped.</summary>
    private sealed class ShiftedTimer : ITimer
    {
        private readonly Lock _changing = new();
        private readonly ShiftedTime _time;
        private readonly Action _callback;
        private readonly ITimer _inner;
        private long? _due;
        private TimeSpan _period;

        public ShiftedTimer(ShiftedTime time, Action callback) =>
            (_time, _callback, _inner) = (time, callback, time.SystemTimer(Fire));

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_changing)
            {
                _period = period;
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : _time.GetTimestamp() + Ticks(dueTime);
                return _inner.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }

        public void LookAgain()
        {
            lock (_changing)
            {
                if (_due is not { } due) return;
                var left = _time.GetElapsedTime(_time.GetTimestamp(), due);
                _inner.Change(left < TimeSpan.Zero ? TimeSpan.Zero : left, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            _time._timers.TryRemove(this, out _);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _time._timers.TryRemove(this, out _);
            return _inner.DisposeAsync();
        }

        private void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            else lock (_changing) _due = null;
            _callback();
        }

        private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
    }
}
