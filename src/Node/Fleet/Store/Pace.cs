namespace Anarchive.Node;

/// <summary>Holds whoever reads or sends up to an average rate.</summary>
/// <param name="bytesPerSecond">0 for no bound.</param>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private long _bytes;

    /// <summary>Returns once so many bytes more are within the rate.</summary>
    public Task TakeAsync(long bytes, CancellationToken cancellation)
    {
        if (bytesPerSecond == 0) return Task.CompletedTask;
        _bytes += bytes;
        var due = TimeSpan.FromSeconds((double)_bytes / bytesPerSecond) - time.GetElapsedTime(_begun);
        return due <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(due, time, cancellation);
    }
}
