using Anarchive.Hives;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

public sealed partial class HiveQueries
{
    /// <summary>
    /// True where the owner lets anybody read the hive. Only the word of whoever owns it now counts: it opens to
    /// strangers what members wrote for members, and its own node serves them.
    /// </summary>
    public bool IsPublic(GroupId group)
    {
        using var db = _database.OpenReader();
        var set = db.QuerySingleOrDefault<(string Value, long Chain)?>(
            """
            SELECT s.value, s.by_chain FROM hive_settings s JOIN groups g ON g.no = s.group_no
            WHERE g.id = @id AND s.key = @key
            """,
            new { id = group.Value.ToArray(), key = HiveSettings.PublicRead });
        return set is var (value, chain) && value == HiveSettings.IsOn && _writer.Holds(group)
            && ChainOf(chain).Origin == _writer.AuthorityOf(group).Owner;
    }

    /// <summary>The title that its owner gave the hive; empty where there is none.</summary>
    internal string TitleOf(GroupId group)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<string>(
            """
            SELECT s.value FROM hive_settings s JOIN groups g ON g.no = s.group_no
            WHERE g.id = @id AND s.key = @key
            """,
            new { id = group.Value.ToArray(), key = HiveSettings.Title })
            ?? GenesisSettings(group).GetValueOrDefault(HiveSettings.Title) ?? "";
    }
}
