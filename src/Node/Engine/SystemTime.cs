using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <summary>The system's time, whose durations count the time a machine sleeps.</summary>
/// <remarks>
/// On Linux the clock behind <see cref="TimeProvider.System"/> stands still during a suspend, so waking up would look
/// like a step of the wall clock. CLOCK_BOOTTIME goes on.
/// </remarks>
internal sealed partial class SystemTime : TimeProvider
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private SystemTime()
    {
    }

    /// <summary>This, or the framework's own where that already counts sleep or cannot be replaced.</summary>
    public static TimeProvider Instance { get; } =
        OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new SystemTime() : System;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp() => GetTime(ClockBootTime, out var now) == 0
        ? now.Seconds * NanosecondsPerSecond + now.Nanoseconds
        : throw new InvalidOperationException("The system has no clock since boot.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
