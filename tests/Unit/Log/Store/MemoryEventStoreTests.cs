using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>The in-memory twin keeps the contract.</summary>
public sealed class MemoryEventStoreTests : EventStoreContract
{
    private readonly MemoryEventStore _store = new();

    protected override IEventReader Committed => _store.Committed;

    protected override IEventStore Reopen()
    {
        _store.Crash();
        return _store;
    }
}
