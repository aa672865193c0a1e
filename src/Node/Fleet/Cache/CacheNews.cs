using Anarchive.Fleet;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>
/// Writes what this device alone keeps of an item, and remembers which items that were until somebody asks. Any
/// thread.
/// </summary>
public sealed class CacheNews(LogWriter writer)
{
    private readonly Lock _gate = new();
    private HashSet<ItemId> _items = [];

    /// <summary>Durable when it returns. Who stops waiting does not keep it from being noted.</summary>
    internal Task WriteAsync(ItemId item, Action<SqliteConnection> write, CancellationToken cancellation) =>
        WriteAsync(item, write).WaitAsync(cancellation);

    /// <summary>Something of it changed, and is durable.</summary>
    internal void Note(ItemId item)
    {
        lock (_gate) _items.Add(item);
    }

    /// <summary>Items of which something changed since the last time.</summary>
    internal IReadOnlySet<ItemId> Take()
    {
        lock (_gate)
        {
            var taken = _items;
            if (taken.Count > 0) _items = [];
            return taken;
        }
    }

    private async Task WriteAsync(ItemId item, Action<SqliteConnection> write)
    {
        await writer.OnWriterAsync(write, CancellationToken.None);
        Note(item);
    }
}
