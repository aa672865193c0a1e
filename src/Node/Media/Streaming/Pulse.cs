namespace Anarchive.Node;

/// <summary>Wakes all who wait whenever something changed; each then looks whether it was that.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends with the next beat. To be taken before looking, or a change between is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
