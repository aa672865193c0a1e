using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Events whose text a fold found to be nobody's any more, until the writer takes them to erase it.</summary>
internal sealed class Erasures
{
    private readonly List<(GroupId Group, Position Position)> _positions = [];

    public void Add(GroupId group, Position position) => _positions.Add((group, position));

    /// <summary>What asked for an erasure may no longer be seen; folding anew asks again where it is.</summary>
    public void Drop(GroupId group) => _positions.RemoveAll(p => p.Group == group);

    public void Clear() => _positions.Clear();

    /// <summary>Each once.</summary>
    public IReadOnlyList<(GroupId Group, Position Position)> Take()
    {
        if (_positions.Count == 0) return [];
        var taken = _positions.ToArray();
        _positions.Clear();
        return taken;
    }
}
