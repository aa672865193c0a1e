using System.Text.Json;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// Reads the three kinds that make up nearly all events, in half the time of the generated code.
/// </summary>
/// <remarks>
/// It accepts only what the generated code accepts, and answers null to anything unusual: a null, a repeated or an
/// unknown member, another type. The caller then asks the generated code, which alone decides what breaks a payload.
/// </remarks>
internal static class QuickReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.PayloadDepthMax };

    public static CommentCreated? Comment(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, Options);
        AgentProfile? agent = null;
        string? content = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("agent"u8) ? Agent(ref reader, ref agent)
                : reader.ValueTextEquals("content"u8) && Text(ref reader, ref content);
            if (!isRead) return null;
        }

        return agent is not null && content is not null && IsEnd(ref reader)
            ? new CommentCreated(agent, content)
            : null;
    }

    public static PostCreated? Post(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, Options);
        AgentProfile? agent = null;
        string? title = null, content = null, url = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("agent"u8) ? Agent(ref reader, ref agent)
                : reader.ValueTextEquals("title"u8) ? Text(ref reader, ref title)
                : reader.ValueTextEquals("content"u8) ? Text(ref reader, ref content)
                : reader.ValueTextEquals("url"u8) && Text(ref reader, ref url);
            if (!isRead) return null;
        }

        return agent is not null && title is not null && IsEnd(ref reader)
            ? new PostCreated(agent, title, content, url)
            : null;
    }

    public static VoteCast? Vote(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, Options);
        string? voter = null;
        int? value = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("voter"u8) ? Text(ref reader, ref voter)
                : reader.ValueTextEquals("value"u8) && Number(ref reader, ref value);
            if (!isRead) return null;
        }

        return voter is not null && value is { } known && IsEnd(ref reader) ? new VoteCast(voter, known) : null;
    }

    private static bool Agent(ref Utf8JsonReader reader, ref AgentProfile? agent)
    {
        string? id = null, name = null, avatar = null;
        if (agent is not null || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRead = reader.ValueTextEquals("agent_id"u8) ? Text(ref reader, ref id)
                : reader.ValueTextEquals("name"u8) ? Text(ref reader, ref name)
                : reader.ValueTextEquals("avatar"u8) && Text(ref reader, ref avatar);
            if (!isRead) return false;
        }

        if (id is null || name is null || reader.TokenType != JsonTokenType.EndObject) return false;
        agent = new AgentProfile(id, name, avatar);
        return true;
    }

    private static bool Text(ref Utf8JsonReader reader, ref string? text)
    {
        if (text is not null || !reader.Read() || reader.TokenType != JsonTokenType.String) return false;
        text = reader.GetString();
        return true;
    }

    private static bool Number(ref Utf8JsonReader reader, ref int? number)
    {
        if (number is not null || !reader.Read() || reader.TokenType != JsonTokenType.Number) return false;
        if (!reader.TryGetInt32(out var read)) return false;
        number = read;
        return true;
    }

    // Reads on, because bytes behind the object break the payload.
    private static bool IsEnd(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.EndObject && !reader.Read();
}
