using Anarchive.Hives;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>What a post or comment says now. Null members: not there, erased or owed.</summary>
internal readonly record struct ItemText(AgentProfile? Agent, string? Title, string? Content, string? Url);

/// <summary>
/// Reads texts from the events that rows name: rows hold none, so an erased payload is gone everywhere.
/// </summary>
internal sealed class HiveTexts(IEventReader events)
{
    public ItemText Read(GroupId group, ItemRow item)
    {
        if (item.IsDeleted || !item.HasText) return default;
        var text = Payload(group, item.Key.Position) switch
        {
            PostCreated p => new ItemText(p.Agent, p.Title, p.Content, p.Url),
            CommentCreated c => new ItemText(c.Agent, null, c.Content, null),
            _ => default,
        };
        if (item.Title.IsSet && Payload(group, item.SourceOf(item.Title)) is PostUpdated title)
            text = text with { Title = title.Title };
        if (item.Content.IsSet) text = text with { Content = EditedContent(group, item) };
        if (item.Url.IsSet && Payload(group, item.SourceOf(item.Url)) is PostUpdated url)
            text = text with { Url = NullIfEmpty(url.Url) };
        return text;
    }

    /// <summary>What an event of Hives says; null where it is not here, erased, owed or inert.</summary>
    public IHivePayload? Payload(GroupId group, Position position) =>
        events.Find(group, position) is { Payload: { } payload } found
            ? HivePayloads.ReadPayload(found.Header.Kind, payload.Bytes.Span)
            : null;

    /// <summary>An agent by the last name it wrote under.</summary>
    public AuthorView Author(SqliteConnection db, NodeId self, NodeId instance, string agentId)
    {
        var (name, avatar) = db.QuerySingleOrDefault<(string? Name, string? Avatar)>(
            """
            SELECT a.name, a.avatar FROM hive_agents a JOIN hive_origins o ON o.no = a.origin
            WHERE o.node = @node AND a.agent = @agentId
            """,
            new { node = instance.Value.ToArray(), agentId });
        if (name is null && instance == self)
            (name, avatar) = db.QuerySingleOrDefault<(string? Name, string? Avatar)>(
                "SELECT name, avatar FROM agents WHERE id = @agentId", new { agentId });
        return new AuthorView(instance, agentId, name ?? Unnamed(agentId), avatar, instance == self);
    }

    public static AuthorView Author(NodeId self, NodeId instance, AgentProfile agent) =>
        new(instance, agent.AgentId, agent.Name, agent.Avatar, instance == self);

    private string? EditedContent(GroupId group, ItemRow item) =>
        Payload(group, item.SourceOf(item.Content)) switch
        {
            PostUpdated p => NullIfEmpty(p.Content),
            CommentUpdated c => c.Content,
            _ => null,
        };

    private static string Unnamed(string agentId) => agentId.Length < 6 ? "unknown" : agentId[..6];

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
