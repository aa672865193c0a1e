using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Rows that change without a new event: folded anew, or completed by a payload that was owed.</summary>
internal sealed partial class WriterCore
{
    private long _folding;

    /// <summary>Events folded anew so far; 0 where none are. For any thread.</summary>
    public long Folding => Volatile.Read(ref _folding);

    /// <summary>Folds groups anew whose rows an older version of their projection made.</summary>
    public void RefoldStale()
    {
        foreach (var projection in _projections.Values)
        {
            var key = $"projection.{projection.GroupKind}";
            var version = projection.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (_store.Meta(key) == version) continue;
            foreach (var group in _replicas.Values.Where(r => r.Group.Kind == projection.GroupKind))
                Refold(group.Group.Id);
            _store.SetMeta(key, version);
        }
    }

    private int Fill(WriterRequest.Fill request)
    {
        if (!_replicas.TryGetValue(request.Group, out var replica)) return 0;
        var filled = 0;
        foreach (var (position, payload) in request.Payloads)
        {
            if (!(position.Seq <= replica.Find(position.Chain)?.Visible.Seq)) continue;
            if (_store.Find(request.Group, position) is not { Payload: null } hollow) continue;
            if (BatchCheck.Fill(request.Group, hollow, payload, SchemaOf(replica.Group)) is not { } whole) continue;
            _store.Fill(request.Group, position, payload);
            // Should it have been deleted meanwhile, folding it erases it again in this transaction.
            ProjectionOf(replica)?.Fill(whole, replica.Authority);
            Count(payload.Bytes.Length);
            filled++;
        }

        if (filled > 0) Revise(request.Group);
        return filled;
    }

    private long Refold(GroupId? only)
    {
        long folded = 0;
        foreach (var replica in _replicas.Values.Where(r => only is null || r.Group.Id == only))
        {
            replica.Refolded();
            Revise(replica.Group.Id);
            if (ProjectionOf(replica) is not { } projection) continue;
            projection.Clear(replica.Group.Id);
            foreach (var batch in StoredRuns.Visible(replica, _store, projection.Schema))
            {
                projection.Apply(batch, replica.Authority);
                folded += batch.Events.Count;
                Volatile.Write(ref _folding, folded);
            }
        }

        Volatile.Write(ref _folding, 0);
        return folded;
    }

    /// <summary>Rows change though no event came.</summary>
    private void Revise(GroupId group)
    {
        _revisions[group] = _revisions.GetValueOrDefault(group) + 1;
        Touch(group, null);
    }
}
