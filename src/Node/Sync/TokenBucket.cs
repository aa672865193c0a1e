namespace Anarchive.Node;

/// <summary>Lets an average rate through, with bursts of a few seconds' worth.</summary>
/// <remarks>Not thread-safe: the owner locks.</remarks>
internal sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private double _level;
    private long _atMs;

    public TokenBucket(double perSecond, double burst) => (_perSecond, _burst, _level) = (perSecond, burst, burst);

    /// <summary>Takes an amount where any level is left; below zero, the next has to wait.</summary>
    public bool TryTake(double amount, long nowMs)
    {
        Refill(nowMs);
        if (_level <= 0) return false;
        _level -= amount;
        return true;
    }

    /// <summary>True when something may be taken.</summary>
    public bool HasLevel(long nowMs)
    {
        Refill(nowMs);
        return _level > 0;
    }

    /// <summary>Takes more for what turned out to be costly.</summary>
    public void Charge(double amount, long nowMs)
    {
        Refill(nowMs);
        _level -= amount;
    }

    /// <summary>Seconds until something may be taken again, at least 1.</summary>
    public int RetrySeconds => Math.Max(1, (int)Math.Ceiling(-_level / _perSecond));

    private void Refill(long nowMs)
    {
        if (_atMs != 0) _level = Math.Min(_burst, _level + Math.Max(0, nowMs - _atMs) * _perSecond / 1000);
        _atMs = nowMs;
    }
}
