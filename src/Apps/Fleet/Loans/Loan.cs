using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Room on a volume of this device that a friend may fill.</summary>
/// <param name="Bytes">What the friend's copies may take together.</param>
/// <param name="EndsMs">When its copies are set aside; Unix milliseconds, null while nobody ended it.</param>
public sealed record Loan(NodeId Friend, VolumeId Volume, long Bytes, long SinceMs, long? EndsMs);

/// <summary>Where a lent copy stands at its lender. On the wire as the word in lower case.</summary>
public enum LentState
{
    /// <summary>The lender keeps nothing of it.</summary>
    None,

    /// <summary>It was asked for, and its bytes are being fetched.</summary>
    Coming,

    /// <summary>All of it is there, and was hashed.</summary>
    Kept,

    /// <summary>Its bytes changed on the lender's disk: it is no copy any more.</summary>
    Damaged,

    /// <summary>Set aside, and deleted in a week.</summary>
    Aside,
}

/// <summary>What a lender decides. No clock, no disk.</summary>
public static class LoanRules
{
    /// <summary>How long after its end was said a loan lasts: the owner has to bring the copies elsewhere.</summary>
    public const long NoticeMs = 14L * 24 * 3600 * 1000;

    /// <summary>More files than this are not kept for one friend, however small they are.</summary>
    public const int CopiesMax = 100_000;

    /// <summary>Why another copy does not fit, as a code; null where it does.</summary>
    /// <param name="usedBytes">Of all copies of that friend, those set aside too.</param>
    public static string? WhyNot(Loan loan, long usedBytes, int copies, long sizeBytes)
    {
        if (loan.EndsMs is not null) return LoanCodes.Ending;
        return sizeBytes > loan.Bytes - usedBytes || copies >= CopiesMax ? LoanCodes.Full : null;
    }

    /// <summary>True once its copies are to be set aside.</summary>
    public static bool IsOver(Loan loan, long nowMs) => loan.EndsMs is { } ends && nowMs >= ends;
}

/// <summary>Why a friend keeps a copy no longer, or not yet. Stable, and documented.</summary>
public static class LoanCodes
{
    /// <summary>The copies that are there leave too little of the room.</summary>
    public const string Full = "loan_full";

    /// <summary>The loan has an end: nothing new is taken.</summary>
    public const string Ending = "loan_ending";

    /// <summary>Another release relies on the copy.</summary>
    public const string Locked = "loan_locked";

    /// <summary>The size is not the item's.</summary>
    public const string WrongSize = "loan_wrong_size";

    /// <summary>Ranges that the friend answered with are not the item's.</summary>
    public const string Altered = "loan_altered";

    /// <summary>The owner's own node gives the bytes no longer.</summary>
    public const string NotGiven = "loan_not_given";
}
