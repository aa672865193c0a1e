using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>The store over a real file keeps the contract.</summary>
public sealed class SqliteEventStoreTests : EventStoreContract
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Stack<IDisposable> _open = new();
    private SqliteEventReader? _reader;

    protected override IEventReader Committed => _reader!;

    protected override IEventStore Reopen()
    {
        Close();
        var database = Database.Open(_directory.At("node.db"));
        var store = new SqliteEventStore(database);
        _reader = new SqliteEventReader(database);
        foreach (var opened in new IDisposable[] { database, store, _reader }) _open.Push(opened);
        return store;
    }

    protected override void Dispose(bool disposing)
    {
        Close();
        _directory.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>An open transaction is rolled back, as after a kill.</summary>
    private void Close()
    {
        while (_open.TryPop(out var opened)) opened.Dispose();
    }
}
