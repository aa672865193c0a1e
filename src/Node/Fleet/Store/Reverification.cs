using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>When the bytes of a copy are read and hashed again.</summary>
public static class Reverification
{
    private const long DayMs = 24L * 3600 * 1000;
    private const long FirstMs = 20 * DayMs;

    // So that a library that was hashed in a week is not read again in a day.
    private const long SpreadMs = 8 * DayMs;

    /// <summary>Between 20 and 28 days later, by the item's id: within the 30 for which a hash counts.</summary>
    public static long DueMs(ItemId item, long hashedMs) =>
        hashedMs + FirstMs + (long)(item.Value.Prefix % SpreadMs);
}
