using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>Enum values by their names, in lower case and never as numbers.</summary>
internal sealed class EnumNames<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
