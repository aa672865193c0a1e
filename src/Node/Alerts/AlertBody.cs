using System.Text.Json;

namespace Anarchive.Node;

/// <summary>What a webhook is told: our own document, or the message that Discord takes.</summary>
internal static class AlertBody
{
    // https://discord.com/developers/docs/resources/webhook#execute-webhook
    private const int DiscordCharsMax = 2000;

    public static bool IsDiscord(Uri webhook, string format) => format switch
    {
        "discord" => true,
        "generic" => false,
        _ => webhook.Host is "discord.com" or "discordapp.com"
            && webhook.AbsolutePath.StartsWith("/api/webhooks/", StringComparison.Ordinal),
    };

    public static byte[] Generic(AlertChange change, string node, string instanceId) => Write(json =>
    {
        json.WriteNumber("schema_version", 1);
        json.WriteString("state", change.IsOver ? "over" : "raised");
        json.WriteString("code", change.Alert.Code);
        json.WriteString("subject", change.Alert.Subject);
        json.WriteString("cause", change.Alert.Cause);
        json.WriteString("action", change.Alert.Action);
        json.WriteNumber("since_ms", change.Alert.SinceMs);
        json.WriteString("node", node);
        json.WriteString("instance_id", instanceId);
    });

    public static byte[] Discord(AlertChange change, string node) => Write(json =>
    {
        var alert = change.Alert;
        var text = change.IsOver
            ? $"{node}: over – {alert.Subject} ({alert.Code})"
            : $"{node}: {alert.Subject} – {alert.Cause} {alert.Action} ({alert.Code})";
        json.WriteString("content", text.Length <= DiscordCharsMax ? text : text[..DiscordCharsMax]);
        // Names come from other nodes, and a name must call nobody.
        json.WriteStartObject("allowed_mentions");
        json.WriteStartArray("parse");
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
