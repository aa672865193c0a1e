using System.Globalization;

namespace Anarchive.Node;

/// <summary>What friends' room needs of the owner.</summary>
internal static class FriendNeeds
{
    public static IEnumerable<FleetNeed> Of(FriendBook friends, RingBook rings, long nowMs)
    {
        foreach (var device in friends.Devices())
        {
            var name = rings.Find(device.Friend)?.Name is { Length: > 0 } said ? said : device.Friend.ToString();
            if (device.EndsMs is { } ends)
                yield return new FleetNeed(
                    "loan_ends", name, Ends(Math.Max(0, (ends - nowMs) / (24L * 3600 * 1000))),
                    "Have what it keeps copied elsewhere: anarchive fleet repin");
            var altered = friends.Copies(device.Friend)
                .Count(c => c.Code is Fleet.LoanCodes.Altered or FriendKeep.ItemPrivate);
            if (altered > 0)
                yield return new FleetNeed(
                    "friend_copies", name,
                    altered == 1 ? "1 copy is not what it was, or may not be there."
                        : $"{altered.ToString(CultureInfo.InvariantCulture)} copies are not what they were, "
                        + "or may not be there.",
                    "anarchive fleet friend list");
        }
    }

    private static string Ends(long days) => days switch
    {
        0 => "It sets what it keeps for you aside within a day, and deletes it a week later.",
        1 => "It sets what it keeps for you aside tomorrow, and deletes it a week later.",
        _ => $"It sets what it keeps for you aside in {days.ToString(CultureInfo.InvariantCulture)} days, "
            + "and deletes it a week later.",
    };
}
