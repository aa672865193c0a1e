using System.Globalization;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>
/// This node's labels for hive groups. A label is local: two nodes may call one group by different names.
/// </summary>
public sealed class HiveNames(Database database, LogWriter writer)
{
    private const int NameMax = 63;

    /// <summary>A label: <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > NameMax || name[0] == '-') return false;
        foreach (var c in name)
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return false;
        return true;
    }

    /// <summary>Null where no hive here has that name.</summary>
    public GroupId? Find(string name)
    {
        using var db = database.OpenReader();
        var id = db.QuerySingleOrDefault<byte[]>("SELECT group_id FROM hive_names WHERE name = @name", new { name });
        return id is null ? null : new GroupId(new Hash256(id));
    }

    /// <summary>Null where the group has no label here.</summary>
    public string? Of(GroupId group)
    {
        using var db = database.OpenReader();
        return Of(db, group);
    }

    /// <summary>The local agent who founded the group; null where another node did.</summary>
    public string? FounderOf(GroupId group)
    {
        using var db = database.OpenReader();
        return db.QuerySingleOrDefault<string>("SELECT founder FROM hive_names WHERE group_id = @id", Key(group));
    }

    /// <summary>
    /// Labels a group, before its first event arrives where need be. A name already in use gets a number behind it;
    /// a group that has a label keeps it. Returns the label.
    /// </summary>
    public Task<string> TakeAsync(GroupId group, string wanted, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => Take(db, group, wanted, null), cancellation);

    /// <summary>As above, for a group that an agent of this node founded.</summary>
    public Task<string> TakeAsync(GroupId group, string wanted, LocalAgent founder, CancellationToken cancellation) =>
        writer.OnWriterAsync(db => Take(db, group, wanted, founder.Id), cancellation);

    /// <summary>As above, inside a write that is already on the writer.</summary>
    public static string Take(SqliteConnection db, GroupId group, string wanted, string? founder)
    {
        if (Of(db, group) is { } known) return known;
        var stem = Slug(wanted);
        for (var n = 1; ; n++)
        {
            var suffix = n == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{n}");
            var name = stem[..Math.Min(stem.Length, NameMax - suffix.Length)] + suffix;
            var added = db.Execute(
                "INSERT INTO hive_names (name, group_id, founder) VALUES (@name, @id, @founder) ON CONFLICT DO NOTHING",
                new { name, id = group.Value.ToArray(), founder });
            if (added == 1) return name;
        }
    }

    internal static string? Of(SqliteConnection db, GroupId group) =>
        db.QuerySingleOrDefault<string>("SELECT name FROM hive_names WHERE group_id = @id", Key(group));

    private static object Key(GroupId group) => new { id = group.Value.ToArray() };

    /// <summary>The nearest valid label: what an inviting node calls its hive need not be one.</summary>
    private static string Slug(string wanted)
    {
        Span<char> slug = stackalloc char[NameMax];
        var length = 0;
        foreach (var c in wanted)
        {
            if (length == NameMax) break;
            var kept = char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-';
            if (kept == '-' && (length == 0 || slug[length - 1] == '-')) continue;
            slug[length++] = kept;
        }

        var trimmed = slug[..length].TrimEnd('-');
        return trimmed.IsEmpty ? "hive" : trimmed.ToString();
    }
}
