namespace Anarchive.Cli;

/// <summary>What a refusal of room at friends means, and what can be done about it, in a sentence.</summary>
internal static class FriendRefusals
{
    /// <summary>The code itself where it has no sentence.</summary>
    public static string Of(string code) => code switch
    {
        "item_private" =>
            "It may not leave your devices: nothing says that it is public. If it is your own, say so with --own; "
            + "if it came from a source that friends may have, open that: anarchive fleet source open.",
        "no_copy_here" =>
            "This device has no copy that the friend could fetch. Get one first: anarchive fleet copy get.",
        "nothing_lent" =>
            "That friend lends you nothing yet. Ask for room: on their device, anarchive fleet friend lend.",
        "friend_silent" => "That friend's device does not answer now. Try again when it is there.",
        "loan_ending" => "That friend ends the loan and takes nothing new. Ask another friend.",
        "loan_full" =>
            "That friend's room is full. Ask for more, or let something there go: anarchive fleet friend drop.",
        "loan_locked" => "Another copy just went in reliance on this one. Try again in an hour.",
        "floor_unmet" => "Too few copies are elsewhere. Have one made first: anarchive fleet copy get.",
        "copies_unverified" => "The copies elsewhere are not proven. Wait until they were hashed.",
        "copies_unlockable" => "The copies elsewhere are where nobody can promise to keep them. Have one made at home.",
        "locks_missing" => "Devices with a copy did not promise to keep it. Try again when they answer.",
        "locked_for_other" => "Another device relies on a copy of it here. Try again in an hour.",
        "already_releasing" => "It is being let go already. See: anarchive fleet release list.",
        "fleet_frozen" => "Too much went at once, and nothing is let go now. See: anarchive fleet status.",
        "volume_root_missing" or "volume_marker_missing" =>
            "The friend's disk is not there now. Try again when it is.",
        "disk_refused" => "The friend's disk refused it. Try again later.",
        _ => $"It is refused: {code}.",
    };
}
