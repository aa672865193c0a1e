using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// The folded rows of one hive. A fold finds a row, changes it and puts it back; what it put it finds again.
/// </summary>
/// <remarks>
/// One thread uses it. Rows may be cached and written once per batch. Two implementations: in memory, and in the
/// node's database.
/// </remarks>
public interface IHiveRows
{
    ItemRow? FindItem(in EventRef key);

    /// <summary>
    /// The row of an event that is folded for the first time: what earlier references to it have left. Cheaper than
    /// <see cref="FindItem"/> where nothing has, which is the rule.
    /// </summary>
    ItemRow? FindAwaited(in EventRef key);

    void Put(ItemRow item);

    /// <summary>
    /// Adds to an item's totals, making its row where there is none. A store may sum these per batch and add them
    /// without reading the row.
    /// </summary>
    void AddVotes(in EventRef target, long up, long down);

    /// <summary>All updates of an item, in any order.</summary>
    IReadOnlyList<EditRow> Edits(in EventRef target);

    /// <summary>Adds an update, or replaces the one of equal target and position.</summary>
    void Put(EditRow edit);

    VoteRow? FindVote(NodeId origin, string voter, in EventRef target);

    /// <summary>Adds the register and answers null; where it is there, answers it and changes nothing.</summary>
    VoteRow? FindOrAdd(VoteRow vote);

    /// <summary>Replaces a register.</summary>
    void Put(VoteRow vote);

    TallyRow? FindTally(NodeId origin, in EventRef target);

    void Put(TallyRow tally);

    MemberRow? FindMember(NodeId instance, string agentId);

    void Put(MemberRow member);

    BanRow? FindBan(NodeId instance, string agentId);

    void Put(BanRow ban);

    void RemoveBan(NodeId instance, string agentId);

    SettingRow? FindSetting(string key);

    void Put(SettingRow setting);

    void RemoveSetting(string key);

    /// <summary>All acts, in any order, as a copy; read whenever the authority changed.</summary>
    IReadOnlyList<ActRow> Acts();

    ActRow? FindAct(Position position);

    void Put(ActRow act);
}
