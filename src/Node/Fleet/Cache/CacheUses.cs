using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What is being done with items of this device right now. Any thread.</summary>
public sealed class CacheUses
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ItemId Item, CacheUse Use), int> _uses = [];

    /// <summary>Says that an item is in use until the result is disposed; uses of one kind may overlap.</summary>
    public IDisposable Begin(ItemId item, CacheUse use)
    {
        lock (_gate) _uses[(item, use)] = _uses.GetValueOrDefault((item, use)) + 1;
        return new Held(this, (item, use));
    }

    /// <summary>The use that counts: playing before downloading before copying.</summary>
    public CacheUse Of(ItemId item)
    {
        lock (_gate)
            return _uses.ContainsKey((item, CacheUse.Playing)) ? CacheUse.Playing
                : _uses.ContainsKey((item, CacheUse.Downloading)) ? CacheUse.Downloading
                : _uses.ContainsKey((item, CacheUse.Copying)) ? CacheUse.Copying
                : CacheUse.Idle;
    }

    private void End((ItemId Item, CacheUse Use) key)
    {
        lock (_gate)
        {
            var left = _uses[key] - 1;
            if (left == 0) _uses.Remove(key);
            else _uses[key] = left;
        }
    }

    private sealed class Held(CacheUses uses, (ItemId Item, CacheUse Use) key) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) uses.End(key);
        }
    }
}
