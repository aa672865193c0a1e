using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Settings: one register per key, in which rank precedes time.</summary>
internal sealed class SettingsFold(IHiveRows rows)
{
    /// <summary>Lets a change compete for its key.</summary>
    public void Offer(HiveSettingChanged change, OwnerFirst order)
    {
        if (rows.FindSetting(change.Key) is { } known && order <= known.Order) return;
        rows.Put(new SettingRow(change.Key, change.Value, order));
    }

    public void Clear(HiveSettingChanged change) => rows.RemoveSetting(change.Key);
}
