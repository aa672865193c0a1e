namespace Anarchive.Node;

/// <summary>A moment by both of a device's clocks for releases, in milliseconds since it started.</summary>
/// <param name="ActsMs">Never runs slow: whatever clock went further counts. For what the device does itself.</param>
/// <param name="KeepsMs">Never runs fast: it stands still while the machine sleeps. For what it promised.</param>
internal readonly record struct ReleaseMoment(long ActsMs, long KeepsMs);

/// <summary>
/// Tells how long ago something was without comparing two devices' clocks. A machine that sleeps stops its monotonic
/// clock and not the locks that others granted it; its wall clock tells of the sleep, and may be set wrong: so each is
/// believed where it is the careful one.
/// </summary>
internal sealed class ReleaseClock(TimeProvider time)
{
    // Less is how two clocks are read and corrected, and would add up.
    private const long JumpMs = 1_000;

    private readonly Lock _reading = new();
    private readonly long _started = time.GetTimestamp();
    private long _keepsMs;
    private long _aheadMs;
    private long _wallMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    public ReleaseMoment Now()
    {
        lock (_reading)
        {
            var wall = time.GetUtcNow().ToUnixTimeMilliseconds();
            var kept = (long)time.GetElapsedTime(_started).TotalMilliseconds;
            var slept = wall - _wallMs - (kept - _keepsMs);
            if (slept >= JumpMs) _aheadMs += slept;
            (_keepsMs, _wallMs) = (kept, wall);
            return new ReleaseMoment(kept + _aheadMs, kept);
        }
    }
}
