using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Hands a file's missing pieces out to sources, so that no slow source holds the last of them.</summary>
/// <remarks>
/// Every piece is asked of one source. Once all that is missing is under way, a source with nothing to do is asked for
/// a piece of another, and whichever comes first counts: the end game of BitTorrent (BEP 3). Safe from any thread.
/// </remarks>
internal sealed class PieceQueue(PieceSet have)
{
    /// <summary>More would fetch the last pieces of a file over and over.</summary>
    private const int AskedAtOnceMax = 2;

    private readonly Lock _gate = new();
    private readonly SortedSet<int> _missing =
        [.. Enumerable.Range(0, have.Count).Where(piece => !have.Has(piece))];

    private readonly SortedDictionary<int, List<NodeId>> _asked = [];

    public bool IsDone
    {
        get
        {
            lock (_gate) return _missing.Count == 0 && _asked.Count == 0;
        }
    }

    /// <summary>What to ask of a source next; null where it has nothing that is wanted.</summary>
    public int? Take(NodeId source, PieceSet theirs)
    {
        lock (_gate)
        {
            foreach (var piece in _missing)
            {
                if (!theirs.Has(piece)) continue;
                _missing.Remove(piece);
                _asked[piece] = [source];
                return piece;
            }

            foreach (var (piece, sources) in _asked)
            {
                if (sources.Count >= AskedAtOnceMax || sources.Contains(source) || !theirs.Has(piece)) continue;
                sources.Add(source);
                return piece;
            }

            return null;
        }
    }

    /// <summary>The piece is here.</summary>
    public void Done(int piece)
    {
        lock (_gate)
        {
            _asked.Remove(piece);
            _missing.Remove(piece);
        }
    }

    /// <summary>That source did not give the piece.</summary>
    public void Return(int piece, NodeId source)
    {
        lock (_gate)
        {
            if (!_asked.TryGetValue(piece, out var sources)) return;
            sources.Remove(source);
            if (sources.Count > 0) return;
            _asked.Remove(piece);
            _missing.Add(piece);
        }
    }
}
