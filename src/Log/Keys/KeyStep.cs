namespace Anarchive.Log;

/// <summary>One statement of a node's keys: its hash, and whether the recovery key signed it.</summary>
public readonly record struct KeyStep(Hash256 Hash, bool Recovers)
{
    /// <summary>
    /// True where these keys take the place of others of the same node: they go on from them, or a recovery stands
    /// where both part. Two rotations from one key overrule neither: only the recovery key can tell thief from owner.
    /// </summary>
    /// <remarks>A partial order: nothing overrules itself, and no circle overrules itself.</remarks>
    public static bool Overrules(IReadOnlyList<KeyStep> keys, IReadOnlyList<KeyStep> others)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (i == others.Count) return true;
            if (keys[i] == others[i]) continue;
            if (!keys[i].Recovers) return false;
            return !others[i].Recovers || keys[i].Hash.CompareTo(others[i].Hash) > 0;
        }

        return false;
    }
}
