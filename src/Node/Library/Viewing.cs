using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>How far somebody came in an item, on this device or another of the fleet.</summary>
/// <param name="AtMs">When that was noted last; Unix milliseconds, as <paramref name="WatchedMs"/>.</param>
/// <param name="WatchedMs">When it was last watched to its end; null where it never was.</param>
/// <param name="On">The name of the other device where that was; null for this one.</param>
public sealed record Viewing(ItemId Item, ViewingPlace Place, long AtMs, long? WatchedMs, string? On = null)
{
    /// <summary>The later of what was noted here and what the fleet says; null where that is nothing.</summary>
    /// <param name="here">Null where nobody watched it here.</param>
    /// <param name="told">Null where the fleet says nothing of it.</param>
    /// <param name="on">The name of the device that said so; null for this one.</param>
    public static Viewing? Latest(Viewing? here, ToldViewing? told, string? on)
    {
        if (told is null || here?.AtMs > told.AtMs) return here;
        if (told.Said is not { PositionMs: { } position, DurationMs: { } duration } said) return null;
        return new Viewing(said.Item, new ViewingPlace(position, duration), told.AtMs, said.WatchedMs, on);
    }
}
