namespace Anarchive.Web;

/// <summary>What friends keep for this fleet, and what this device lends them.</summary>
public sealed record FriendsDto(IReadOnlyList<LoanDto> Loans, IReadOnlyList<FriendDeviceDto> Friends);

/// <summary>Room that this device lends.</summary>
/// <param name="IsFriend">False where the two are friends no more: nothing is answered to it.</param>
/// <param name="Aside">Copies that are set aside.</param>
/// <param name="EndsMs">When the copies are set aside; Unix milliseconds, null while it was not ended.</param>
public sealed record LoanDto(
    string Friend, string Name, bool IsFriend, string Volume, long Bytes, long Used, int Copies, int Aside,
    long? EndsMs);

/// <summary>A friend that lends this device room.</summary>
/// <param name="Device">As the fleet knows it.</param>
/// <param name="Free">As it last said.</param>
public sealed record FriendDeviceDto(
    string Friend, string Name, string Device, long Bytes, long Free, long? EndsMs, long SeenMs,
    IReadOnlyList<FriendCopyDto> Copies);

/// <summary>A copy at a friend.</summary>
/// <param name="State">
/// <c>asked</c>, <c>coming</c>, <c>kept</c>, <c>damaged</c>, <c>aside</c>, <c>none</c> or <c>dropped</c>.
/// </param>
/// <param name="ProvenMs">When this device last saw right bytes of it; null where they were not, or never.</param>
public sealed record FriendCopyDto(string Item, string State, string? Code, long? ProvenMs);

/// <summary>Room to be lent.</summary>
/// <param name="Friend">Its node's id, or what it is called here.</param>
/// <param name="Volume">Its id, how that begins, or its name.</param>
public sealed record LendRequest(string Friend, string Volume, long Bytes);

/// <summary>A loan to be ended; only asked about unless it says apply.</summary>
public sealed record LoanEndRequest(string Friend, bool Apply = false);

/// <summary>A loan's end, as it would be or is.</summary>
public sealed record LoanEndDto(LoanDto Loan, bool Done);

/// <summary>An item for a friend to keep; only asked about unless it says apply.</summary>
/// <param name="Own">The owner says that it is their own.</param>
public sealed record FriendKeepRequest(string Friend, string Item, bool Own = false, bool Apply = false);

/// <summary>A friend's copy to be let go; only asked about unless it says apply.</summary>
public sealed record FriendDropRequest(string Friend, string Item, bool Apply = false);

/// <summary>What would become of it, or did.</summary>
/// <param name="Code">Why it cannot be; null where it can.</param>
public sealed record FriendKeepDto(string Friend, string Item, long Size, long Free, string? Code, bool Asked);
