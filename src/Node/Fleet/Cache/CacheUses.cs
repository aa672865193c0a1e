using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What is being done with items of this device right now. Any thread.</summary>
public sealed class CacheUses(TimeProvider time)
{
    /// <summary>A player reads ahead, and its owner takes a break: so long after its last byte it plays.</summary>
    public static readonly TimeSpan PlaysOn = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(ItemId Item, CacheUse Use), int> _uses = [];
    private readonly Dictionary<ItemId, long> _playedAt = [];

    /// <summary>Says that an item is in use until the result is disposed; uses of one kind may overlap.</summary>
    public IDisposable Begin(ItemId item, CacheUse use)
    {
        lock (_gate) _uses[(item, use)] = _uses.GetValueOrDefault((item, use)) + 1;
        return new Held(this, (item, use), playsOn: false);
    }

    /// <summary>As above for a player, whose use ends a while after the result is disposed.</summary>
    public IDisposable BeginPlaying(ItemId item)
    {
        lock (_gate)
        {
            DropOld();
            _uses[(item, CacheUse.Playing)] = _uses.GetValueOrDefault((item, CacheUse.Playing)) + 1;
        }

        return new Held(this, (item, CacheUse.Playing), playsOn: true);
    }

    /// <summary>A player said so just now, whatever it reads.</summary>
    public void Plays(ItemId item)
    {
        lock (_gate)
        {
            DropOld();
            _playedAt[item] = time.GetTimestamp();
        }
    }

    /// <summary>The use that counts: playing before copying. What is downloading, the copies asked for say.</summary>
    public CacheUse Of(ItemId item)
    {
        lock (_gate)
            return _uses.ContainsKey((item, CacheUse.Playing))
                || (_playedAt.TryGetValue(item, out var at) && IsPlayedOn(at)) ? CacheUse.Playing
                : _uses.ContainsKey((item, CacheUse.Copying)) ? CacheUse.Copying
                : CacheUse.Idle;
    }

    /// <summary>All that is in use, each by the use that counts.</summary>
    internal IReadOnlySet<(ItemId Item, CacheUse Use)> Now()
    {
        List<ItemId> items;
        lock (_gate) items = [.. _uses.Keys.Select(u => u.Item), .. _playedAt.Keys];
        return items.Select(i => (i, Of(i))).Where(u => u.Item2 != CacheUse.Idle).ToHashSet();
    }

    private void DropOld()
    {
        foreach (var (old, _) in _playedAt.Where(p => !IsPlayedOn(p.Value)).ToList()) _playedAt.Remove(old);
    }

    private bool IsPlayedOn(long at) => time.GetElapsedTime(at) < PlaysOn;

    private void End((ItemId Item, CacheUse Use) key, bool playsOn)
    {
        lock (_gate)
        {
            if (playsOn) _playedAt[key.Item] = time.GetTimestamp();
            var left = _uses[key] - 1;
            if (left == 0) _uses.Remove(key);
            else _uses[key] = left;
        }
    }

    private sealed class Held(CacheUses uses, (ItemId Item, CacheUse Use) key, bool playsOn) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) uses.End(key, playsOn);
        }
    }
}
