using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary>What a refusal of room at friends means, and what can be done about it, in a sentence.</summary>
internal static class FriendRefusals
{
    /// <summary>The code itself where it has no sentence.</summary>
    public static string Of(string code) => code switch
    {
        FriendKeep.ItemPrivate =>
            "It may not leave your devices: nothing says that it is public. If it is your own, say so with --own; "
            + "if it came from a source that friends may have, open that: anarchive fleet source open.",
        FriendKeep.NoCopyHere =>
            "This device has no copy that the friend could fetch. Get one first: anarchive fleet copy get.",
        FriendKeep.NothingLent =>
            "That friend lends you nothing yet. Ask for room: on their device, anarchive fleet friend lend.",
        FriendReleases.Silent => "That friend's device does not answer now. Try again when it is there.",
        LoanCodes.Ending => "That friend ends the loan and takes nothing new. Ask another friend.",
        LoanCodes.Full =>
            "That friend's room is full. Ask for more, or let something there go: anarchive fleet friend drop.",
        LoanCodes.Locked => "Another copy just went in reliance on this one. Try again in an hour.",
        ReleaseCodes.FloorUnmet => "Too few copies are elsewhere. Have one made first: anarchive fleet copy get.",
        ReleaseCodes.CopiesUnverified => "The copies elsewhere are not proven. Wait until they were hashed.",
        ReleaseCodes.CopiesUnlockable =>
            "The copies elsewhere are where nobody can promise to keep them. Have one made at home.",
        ReleaseCodes.LocksMissing => "Devices with a copy did not promise to keep it. Try again when they answer.",
        ReleaseCodes.LockedForOther => "Another device relies on a copy of it here. Try again in an hour.",
        ReleaseCodes.AlreadyReleasing => "It is being let go already. See: anarchive fleet release list.",
        ReleaseCodes.Frozen => "Too much went at once, and nothing is let go now. See: anarchive fleet status.",
        VolumeAbsence.RootMissing or VolumeAbsence.MarkerMissing =>
            "The friend's disk is not there now. Try again when it is.",
        ReleaseCodes.DiskRefused => "The friend's disk refused it. Try again later.",
        _ => $"It is refused: {code}.",
    };
}
