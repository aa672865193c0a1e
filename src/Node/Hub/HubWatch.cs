using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>Tells when nodes of this hub fall silent. It sleeps until the first of them can.</summary>
internal sealed class HubWatch(NodeOptions options, HubBook book, TimeProvider time) : BackgroundService
{
    // Nodes that fall silent within a second are told of together: of twenty thousand some always are about to.
    private const long TogetherMs = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsHub) return;
        try
        {
            while (true)
            {
                var wait = Math.Max(book.TellStale(), TogetherMs);
                await Task.Delay(TimeSpan.FromMilliseconds(wait), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
