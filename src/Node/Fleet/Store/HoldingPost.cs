using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Writes what this device says of itself into the fleet's log: descriptions before the holdings that name them;
/// durable when it returns. Null, or why the log does not take it now.
/// </summary>
public delegate Task<Problem?> TellFleet(
    IReadOnlyList<PieceLayer> described, IReadOnlyList<HeldItem> held, CancellationToken cancellation);

/// <summary>
/// Tells the fleet what changed on this device. What is to be told is noted with the change, so a restart tells what
/// was not; the same word twice is the same register.
/// </summary>
public sealed class HoldingPost(Database database, LogWriter writer, TellFleet tell, ILogger<HoldingPost> log)
{
    // An event's rows (design: data model).
    private const int RowsMax = 500;

    /// <summary>Tells everything that is untold; false where the log does not take it now.</summary>
    public async Task<bool> TellAsync(CancellationToken cancellation)
    {
        while (true)
        {
            List<PieceLayer> layers;
            IReadOnlyList<HeldItem> held;
            using (var db = database.OpenReader())
            {
                held = StoreRows.Untold(db, RowsMax);
                layers = [.. held.Select(h => h.Item).Distinct()
                    .Select(i => StoreRows.Untold(db, i)).OfType<PieceLayer>()];
            }

            if (held.Count == 0) return true;
            if (await tell(layers, held, cancellation) is { } problem)
            {
                NodeLog.HoldingsNotTold(log, problem.Code);
                return false;
            }

            await writer.OnWriterAsync(
                db =>
                {
                    foreach (var layer in layers) StoreRows.Told(db, layer.Item);
                    foreach (var one in held) StoreRows.Told(db, one);
                },
                cancellation);
        }
    }
}
