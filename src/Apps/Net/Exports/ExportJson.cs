using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>The JSON of outputs whose names are other programs'.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(JellyfinAnswer))]
[JsonSerializable(typeof(SponsorBlockVideo[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ExportJson : JsonSerializerContext;

/// <summary>The JSON of answers in AniSkip's form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AniSkipAnswer))]
internal sealed partial class ExportCamelJson : JsonSerializerContext;

/// <summary>The JSON of our own outputs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(MpvMarkers))]
internal sealed partial class ExportSnakeJson : JsonSerializerContext;
