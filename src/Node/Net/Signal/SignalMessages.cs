using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary><c>POST /net/v1/relay</c>: a sealed report that a friend is asked to pass on.</summary>
/// <param name="Aggregator">A NodeId: whom it is for.</param>
/// <param name="Box">base64url of <see cref="SignalBox.SealedBytes"/> bytes.</param>
internal sealed record RelayMessage(string Aggregator, string Box);

/// <summary><c>POST /net/v1/reports</c>: a sealed report, and nothing that names whose it is.</summary>
internal sealed record ReportMessage(string Box);

/// <summary>The reply to both: the report is on the aggregator's disk.</summary>
internal sealed record TakenMessage(bool Taken);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayMessage))]
[JsonSerializable(typeof(ReportMessage))]
[JsonSerializable(typeof(TakenMessage))]
internal sealed partial class SignalMessagesJson : JsonSerializerContext;
