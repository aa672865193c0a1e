using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Anarchive.Node;

/// <summary>Lets one thread prepare what another consumes, a bounded number of items ahead.</summary>
internal static class ReadAhead
{
    /// <summary>The same items in the same order; the thread that makes them ends with the enumeration.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> source, int itemsMax)
    {
        using var ready = new BlockingCollection<T>(itemsMax);
        using var stop = new CancellationTokenSource();
        ExceptionDispatchInfo? failed = null;
        var maker = new Thread(Make) { IsBackground = true, Name = "read-ahead" };
        maker.Start();
        try
        {
            foreach (var item in ready.GetConsumingEnumerable()) yield return item;
        }
        finally
        {
            stop.Cancel();
            maker.Join();
        }

        failed?.Throw();

        void Make()
        {
            try
            {
                foreach (var item in source) ready.Add(item, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The consumer has seen enough.
            }
            catch (Exception cause)
            {
                failed = ExceptionDispatchInfo.Capture(cause);
            }
            finally
            {
                ready.CompleteAdding();
            }
        }
    }
}
