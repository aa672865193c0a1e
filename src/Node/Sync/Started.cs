using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>Others are told this node's address, so its server must listen first.</summary>
internal static class Started
{
    /// <summary>False when the node was stopped before.</summary>
    public static async Task<bool> WaitAsync(IHostApplicationLifetime lifetime, CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var stopped = stopping.Register(() => started.TrySetCanceled(stopping));
        try
        {
            await started.Task;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
