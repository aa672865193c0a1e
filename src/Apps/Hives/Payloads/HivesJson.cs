using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>The JSON of Hives payloads: unknown, missing, null and duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = Limits.PayloadDepthMax)]
[JsonSerializable(typeof(PostCreated))]
[JsonSerializable(typeof(PostUpdated))]
[JsonSerializable(typeof(PostDeleted))]
[JsonSerializable(typeof(CommentCreated))]
[JsonSerializable(typeof(CommentUpdated))]
[JsonSerializable(typeof(CommentDeleted))]
[JsonSerializable(typeof(VoteCast))]
[JsonSerializable(typeof(VoteTallied))]
[JsonSerializable(typeof(HiveSettingChanged))]
[JsonSerializable(typeof(MembershipChanged))]
internal sealed partial class HivesJson : JsonSerializerContext;
