using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Simulation;

/// <summary>The production folds over rows in memory; a crash forgets them and a start folds anew.</summary>
internal sealed class MemoryHives(SeededBug bug) : IProjection
{
    private readonly Dictionary<GroupId, Hive> _hives = [];
    private readonly List<(GroupId Group, Position Position)> _erasures = [];

    public string GroupKind => HivesApp.GroupKind;

    public int Version => 1;

    public IPayloadSchema Schema => HivesApp.Schema;

    /// <summary>Rolled back, and not folded anew since.</summary>
    public bool IsForgotten { get; private set; }

    public MemoryHiveRows? RowsOf(GroupId group) => _hives.GetValueOrDefault(group)?.Rows;

    public Hash256 Digest(GroupId group)
    {
        if (RowsOf(group) is not { } rows) return default;
        if (bug != SeededBug.DigestInDictionaryOrder) return rows.Digest();
        using var digest = new HiveStateDigest();
        foreach (var item in rows.Items) digest.AddItem(item);
        return digest.Finish();
    }

    public void Apply(VerifiedBatch batch, Authority authority)
    {
        var fold = Of(batch.Group, authority).Fold;
        foreach (var e in batch.Events) fold.Apply(e);
        fold.Rejudge();
        Collect(batch.Group, fold);
    }

    public void Fill(VerifiedEvent e, Authority authority)
    {
        var fold = Of(e.Group, authority).Fold;
        fold.Fill(e);
        Collect(e.Group, fold);
    }

    public void Clear(GroupId group)
    {
        IsForgotten = false;
        _hives.Remove(group);
        _erasures.RemoveAll(e => e.Group == group);
    }

    public void Flush()
    {
    }

    public Event? Keep(VerifiedEvent e, Authority authority) => HiveEdition.Keep(e, Of(e.Group, authority).Rows);

    public Hash256 StateOf(GroupId group) => RowsOf(group)?.Digest() ?? new MemoryHiveRows().Digest();

    public void Forget()
    {
        IsForgotten = true;
        _hives.Clear();
        _erasures.Clear();
    }

    public IReadOnlyList<(GroupId Group, Position Position)> TakeErasures()
    {
        var taken = _erasures.ToArray();
        _erasures.Clear();
        return taken;
    }

    /// <summary>Texts that are announced, not deleted, and not here.</summary>
    public IEnumerable<Position> Owed(GroupId group)
    {
        if (RowsOf(group) is not { } rows) yield break;
        foreach (var item in rows.Items)
        {
            if (item.IsDeleted) continue;
            if (item.Kind != ItemKind.Unknown && !item.HasText) yield return item.Key.Position;
            foreach (var edit in rows.Edits(item.Key))
                if (edit.Fields == EditFields.None) yield return edit.Position;
        }
    }

    private void Collect(GroupId group, HiveFold fold)
    {
        foreach (var position in fold.TakeErasures()) _erasures.Add((group, position));
    }

    private Hive Of(GroupId group, Authority authority)
    {
        var known = _hives.GetValueOrDefault(group);
        if (ReferenceEquals(known?.Authority, authority)) return known;
        var rows = known?.Rows ?? new MemoryHiveRows();
        return _hives[group] = new Hive(rows, new HiveFold(rows, authority), authority);
    }

    private sealed record Hive(MemoryHiveRows Rows, HiveFold Fold, Authority Authority);
}
