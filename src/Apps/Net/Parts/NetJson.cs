using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>The JSON of observations: unknown, missing and duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8)]
[JsonSerializable(typeof(MarkerObserved))]
[JsonSerializable(typeof(ThemeObserved))]
[JsonSerializable(typeof(GroupingObserved))]
[JsonSerializable(typeof(QualityObserved))]
[JsonSerializable(typeof(HintObserved))]
[JsonSerializable(typeof(ProbedFile))]
[JsonSerializable(typeof(ObservationRetracted))]
[JsonSerializable(typeof(MergedQuality))]
[JsonSerializable(typeof(SignalRow))]
[JsonSerializable(typeof(HintRow))]
[JsonSerializable(typeof(PartEdition))]
internal sealed partial class NetJson : JsonSerializerContext;
