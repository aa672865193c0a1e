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
                    "loan_ends", FleetNeed.AsIs(name), Ends(Math.Max(0, (ends - nowMs) / (24L * 3600 * 1000))),
                    "Have what it keeps copied elsewhere: anarchive fleet repin");
            var altered = friends.Copies(device.Friend)
                .Count(c => c.Code is Fleet.LoanCodes.Altered or FriendKeep.ItemPrivate);
            if (altered > 0)
                yield return new FleetNeed(
                    "friend_copies", FleetNeed.AsIs(name), Altered(altered),
                    FleetNeed.AsIs("anarchive fleet friend list"));
        }
    }

    private static Sentence Altered(int copies)
    {
        if (copies == 1) return "1 copy is not what it was, or may not be there.";
        return $"{Number(copies)} copies are not what they were, or may not be there.";
    }

    private static Sentence Ends(long days)
    {
        if (days == 0) return "It sets what it keeps for you aside within a day, and deletes it a week later.";
        if (days == 1) return "It sets what it keeps for you aside tomorrow, and deletes it a week later.";
        return $"It sets what it keeps for you aside in {Number(days)} days, and deletes it a week later.";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
