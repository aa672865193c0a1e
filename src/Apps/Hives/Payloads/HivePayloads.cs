using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Reads and writes the payloads of Hives.</summary>
public sealed class HivePayloads : IPayloadSchema
{
    // Text stays readable and small; pages escape for HTML where they write HTML.
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Limits.PayloadDepthMax,
    };

    /// <summary>The content; null for another application's kind, and for a payload that breaks a rule.</summary>
    public object? Read(Kind kind, ReadOnlySpan<byte> payload) => ReadPayload(kind, payload);

    /// <summary>Text may be owed, for it may be erased elsewhere; everything else is needed to fold.</summary>
    public bool RequiresPayload(Kind kind) => HivesApp.Kinds.Contains(kind) && kind.Name is not
        ("post_created" or "post_updated" or "comment_created" or "comment_updated");

    /// <inheritdoc cref="Read"/>
    public static IHivePayload? ReadPayload(Kind kind, ReadOnlySpan<byte> payload)
    {
        try
        {
            var content = ReadQuickly(kind, payload) ?? ReadStrictly(kind, payload);
            return content is not null && HiveRules.Check(content) == PayloadFault.None ? content : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: text that is no UTF-8, or half of a surrogate pair.
            return null;
        }
    }

    /// <summary>The payload's bytes; null and the fault where other nodes would hold it inert.</summary>
    public static byte[]? Write(IHivePayload content, out PayloadFault fault)
    {
        fault = HiveRules.Check(content);
        if (fault != PayloadFault.None) return null;
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
            JsonSerializer.Serialize(writer, content, TypeOf(content));
        if (bytes.WrittenCount <= Limits.PayloadBytesMax) return bytes.WrittenSpan.ToArray();
        fault = PayloadFault.TooLarge;
        return null;
    }

    internal static IHivePayload? ReadQuickly(Kind kind, ReadOnlySpan<byte> payload) => kind.Name switch
    {
        "comment_created" => QuickReader.Comment(payload),
        "vote_cast" => QuickReader.Vote(payload),
        "post_created" => QuickReader.Post(payload),
        _ => null,
    };

    internal static IHivePayload? ReadStrictly(Kind kind, ReadOnlySpan<byte> payload) => kind.Name switch
    {
        "comment_created" => JsonSerializer.Deserialize(payload, HivesJson.Default.CommentCreated),
        "vote_cast" => JsonSerializer.Deserialize(payload, HivesJson.Default.VoteCast),
        "post_created" => JsonSerializer.Deserialize(payload, HivesJson.Default.PostCreated),
        "post_updated" => JsonSerializer.Deserialize(payload, HivesJson.Default.PostUpdated),
        "post_deleted" => JsonSerializer.Deserialize(payload, HivesJson.Default.PostDeleted),
        "comment_updated" => JsonSerializer.Deserialize(payload, HivesJson.Default.CommentUpdated),
        "comment_deleted" => JsonSerializer.Deserialize(payload, HivesJson.Default.CommentDeleted),
        "vote_tallied" => JsonSerializer.Deserialize(payload, HivesJson.Default.VoteTallied),
        "hive_setting_changed" => JsonSerializer.Deserialize(payload, HivesJson.Default.HiveSettingChanged),
        "membership_changed" => JsonSerializer.Deserialize(payload, HivesJson.Default.MembershipChanged),
        _ => null,
    };

    private static JsonTypeInfo TypeOf(IHivePayload content) =>
        HivesJson.Default.GetTypeInfo(content.GetType()) ?? throw new UnreachableException();
}
