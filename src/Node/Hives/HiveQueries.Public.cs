using Anarchive.Hives;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

public sealed partial class HiveQueries
{
    private const int OwnerRank = 2;

    /// <summary>
    /// True where the owner lets anybody read the hive. A moderator's word does not count: it opens to strangers what
    /// members wrote for members.
    /// </summary>
    public bool IsPublic(GroupId group)
    {
        using var db = _database.OpenReader();
        var set = db.QuerySingleOrDefault<(string Value, long Rank)?>(
            """
            SELECT s.value, s.rank FROM hive_settings s JOIN groups g ON g.no = s.group_no
            WHERE g.id = @id AND s.key = @key
            """,
            new { id = group.Value.ToArray(), key = HiveSettings.PublicRead });
        return set is var (value, rank)
            ? rank == OwnerRank && value == HiveSettings.IsOn
            : GenesisSettings(group).GetValueOrDefault(HiveSettings.PublicRead) == HiveSettings.IsOn;
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
