namespace Anarchive.Node;

/// <summary>Pieces that were asked for lately, for clients ask for a piece in parts.</summary>
/// <remarks>One that is under way is fetched once, however many ask for it. Safe from any thread.</remarks>
internal sealed class PieceCache(long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Hash160, int), Task<byte[]>> _pieces = [];
    private readonly LinkedList<((Hash160, int) Key, long Bytes)> _order = [];
    private long _bytes;

    /// <summary>The piece from here, or by <paramref name="fetch"/>, whose failure is everybody's who waits.</summary>
    public Task<byte[]> GetAsync(Hash160 ih, int piece, int length, Func<Task<byte[]>> fetch)
    {
        lock (_gate)
        {
            var key = (ih, piece);
            if (_pieces.TryGetValue(key, out var there) && !there.IsFaulted && !there.IsCanceled) return there;
            if (there is not null) Drop(key);
            var coming = fetch();
            _pieces[key] = coming;
            _order.AddLast((key, length));
            _bytes += length;
            while (_bytes > bytesMax && _order.Count > 1) Drop(_order.First!.Value.Key);
            return coming;
        }
    }

    private void Drop((Hash160, int) key)
    {
        _pieces.Remove(key);
        for (var at = _order.First; at is not null; at = at.Next)
        {
            if (at.Value.Key != key) continue;
            _bytes -= at.Value.Bytes;
            _order.Remove(at);
            return;
        }
    }
}
