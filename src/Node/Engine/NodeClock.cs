using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>The wall clock as events are dated and judged by it: a sudden step needs somebody else's word.</summary>
/// <remarks>
/// What measures durations tells what the wall clock should show. A difference of up to
/// <see cref="Limits.ClockStepMsMax"/> is an ordinary correction. A larger one is not adopted until a peer's heartbeat
/// agrees with it, or the owner does by restarting the node; until then time goes on from the last reading adopted.
/// </remarks>
public sealed class NodeClock
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ILogger<NodeClock> _log;
    private long _adoptedMs;
    private long _adoptedAt;
    private bool _stepped;

    public NodeClock(TimeProvider time, ILogger<NodeClock> log)
    {
        (_time, _log) = (time, log);
        (_adoptedMs, _adoptedAt) = (WallMs(), time.GetTimestamp());
    }

    /// <summary>Unix milliseconds.</summary>
    public long NowMs()
    {
        lock (_lock)
        {
            var (expected, wall) = Look();
            if (Agree(expected, wall))
            {
                if (_stepped) NodeLog.ClockCameBack(_log);
                _stepped = false;
                return Adopt(wall);
            }

            if (!_stepped) NodeLog.ClockStepped(_log, (wall - expected) / 1000);
            _stepped = true;
            return expected;
        }
    }

    /// <summary>How far a peer's clock is ahead of this machine's, stepped or not.</summary>
    public long AheadMs(long peerMs) => Math.Clamp(peerMs, 0, long.MaxValue) - WallMs();

    /// <summary>A peer's heartbeat: a step is adopted where the peer's clock shows the same time.</summary>
    public void Hear(long peerMs)
    {
        lock (_lock)
        {
            var (expected, wall) = Look();
            if (Agree(expected, wall) || !Agree(peerMs, wall)) return;
            NodeLog.ClockStepAdopted(_log, (wall - expected) / 1000);
            _stepped = false;
            Adopt(wall);
        }
    }

    private static bool Agree(long leftMs, long rightMs) =>
        // Compared as distances, for a peer may say any number.
        Int128.Abs((Int128)leftMs - rightMs) <= Limits.ClockStepMsMax;

    private (long ExpectedMs, long WallMs) Look() =>
        (_adoptedMs + (long)_time.GetElapsedTime(_adoptedAt).TotalMilliseconds, WallMs());

    private long Adopt(long wall)
    {
        (_adoptedMs, _adoptedAt) = (wall, _time.GetTimestamp());
        return wall;
    }

    private long WallMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
