using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What was said, and where in the order of all that is said.</summary>
internal readonly record struct Said<T>(OwnerFirst Order, T Content)
{
    public NodeId By => Order.Origin;

    /// <summary>Unix milliseconds, by the writer's clock.</summary>
    public long AtMs => Order.Hlc.UnixMs;
}

/// <summary>Registers of one kind in memory: the last word of each key.</summary>
internal sealed class Slots<TKey, T>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Said<T>> _said = [];

    public IEnumerable<KeyValuePair<TKey, Said<T>>> All => _said;

    /// <summary>False where a later word, or this one, is here already.</summary>
    public bool Offer(TKey key, OwnerFirst order, T content)
    {
        if (_said.TryGetValue(key, out var known) && order <= known.Order) return false;
        _said[key] = new Said<T>(order, content);
        return true;
    }

    public Said<T>? Find(TKey key) => _said.TryGetValue(key, out var known) ? known : null;

    public void Remove(TKey key) => _said.Remove(key);
}
