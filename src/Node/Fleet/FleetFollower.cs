using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>Somebody who keeps what follows from the fleet's state, and wants to know what of it changed.</summary>
public sealed class FleetFollower(FleetBook book) : IDisposable
{
    private readonly HashSet<ItemId> _items = [];
    private readonly HashSet<DeviceId> _probed = [];
    private bool _registry = true;
    private bool _everything = true;

    /// <summary>The state, and what changed in it since the last time.</summary>
    public T Read<T>(Func<FleetState, FleetChanges, T> question) => book.Read(this, question);

    public void Dispose() => book.Forget(this);

    internal void Add(FleetChanges changes)
    {
        _registry |= changes.Registry;
        _everything |= changes.Everything;
        _items.UnionWith(changes.Items);
        _probed.UnionWith(changes.Probed);
    }

    /// <summary>The state was read anew: nothing that was kept of it holds.</summary>
    internal void AddEverything() => (_registry, _everything) = (true, true);

    internal FleetChanges Take()
    {
        var taken = new FleetChanges(_registry, _everything, _items.ToHashSet(), _probed.ToHashSet());
        (_registry, _everything) = (false, false);
        _items.Clear();
        _probed.Clear();
        return taken;
    }
}
