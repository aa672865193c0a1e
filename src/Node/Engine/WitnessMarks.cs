using Anarchive.Log;
using Microsoft.Extensions.Hosting;

namespace Anarchive.Node;

/// <summary>
/// Raises the witness's counter while this node writes, so that a copy taken before is known as older, whatever way the
/// process ends.
/// </summary>
internal sealed class WitnessMarks(LogWriter writer, IncarnationWitness witness, TimeProvider time) : BackgroundService
{
    // What was written since the last mark is all that an old copy can lack unseen.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var marked = Written();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (Written() is var written && written == marked) continue;
                await writer.OnWriterAsync(
                    _ =>
                    {
                        witness.Advance();
                        return true;
                    },
                    stoppingToken);
                witness.Publish();
                marked = written;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the witness records that itself.
        }
    }

    private (ChainId Chain, long Events) Written() =>
        (writer.OwnChain, writer.Groups().Sum(g => writer.Durable(g.Id).SeqOf(writer.OwnChain)));
}
