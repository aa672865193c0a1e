using System.Collections.Concurrent;
using Anarchive.Hives;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

public sealed partial class HiveQueries
{
    private readonly ConcurrentDictionary<GroupId, Openness> _open = new();

    /// <summary>
    /// True where the owner lets anybody read the hive. Only the word of whoever owns it now counts: it opens to
    /// strangers what members wrote for members, and its own node serves them.
    /// </summary>
    /// <remarks>Looked up again only where the group has changed: strangers may ask as often as they like.</remarks>
    public bool IsPublic(GroupId group)
    {
        if (!_writer.Holds(group)) return false;
        var (vector, revision) = (_writer.Durable(group), _writer.Revision(group));
        if (_open.TryGetValue(group, out var known) && ReferenceEquals(known.Vector, vector)
            && known.Revision == revision)
            return known.IsPublic;
        var isPublic = SettingOf(group, HiveSettings.PublicRead) is (HiveSettings.IsOn, var chain)
            && ChainOf(chain).Origin == _writer.AuthorityOf(group).Owner;
        _open[group] = new Openness(vector, revision, isPublic);
        return isPublic;
    }

    /// <summary>The title that its owner gave the hive; empty where there is none.</summary>
    internal string TitleOf(GroupId group) =>
        SettingOf(group, HiveSettings.Title)?.Value
        ?? GenesisSettings(group).GetValueOrDefault(HiveSettings.Title) ?? "";

    /// <summary>What an event set, and the number of the chain it is on; null where none did.</summary>
    private (string Value, long Chain)? SettingOf(GroupId group, string key)
    {
        using var db = _database.OpenReader();
        return db.QuerySingleOrDefault<(string Value, long Chain)?>(
            """
            SELECT s.value, s.by_chain FROM hive_settings s JOIN groups g ON g.no = s.group_no
            WHERE g.id = @id AND s.key = @key
            """,
            new { id = group.Value.ToArray(), key });
    }

    /// <summary>What was found when the group was last in that state.</summary>
    private sealed record Openness(VersionVector Vector, long Revision, bool IsPublic);
}
