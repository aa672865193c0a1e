using System.Text.Json.Nodes;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>The bounds of a manifest's members as its schema states them; <see cref="EditionRules"/> decides.</summary>
internal static class EditionBounds
{
    private const string Hex40 = "^[0-9a-f]{40}$";
    private const string Hex64 = "^[0-9a-f]{64}$";

    public static Dictionary<string, (string Keyword, JsonNode Value)[]> All => new(StringComparer.Ordinal)
    {
        ["part"] = [("enum", Words([.. NetApp.Parts.Order(StringComparer.Ordinal)]))],
        ["group"] = [("pattern", "^ag1[a-z2-7]{56}$")],
        ["k"] = [("minimum", 1), ("maximum", EditionLimits.KMax)],
        ["sources"] = [("minimum", 1), ("maximum", EditionLimits.SourcesMax)],
        ["merge_policy"] = [("enum", Words(PartEdition.OwnFleet, PartEdition.KAnonymous))],
        ["seq"] = [("minimum", 1), ("maximum", Limits.SeqMax)],
        ["week"] = [("pattern", "^[0-9]{4}-W[0-9]{2}$")],
        ["prev"] = [("pattern", Hex64)],
        ["publisher"] = [("pattern", "^an1[a-z2-7]{56}$")],
        ["created"] = [("minimum", 0), ("maximum", NetRules.HoursMax)],
        ["expires_at"] = [("minimum", 1), ("maximum", NetRules.HoursMax + EditionLimits.LifeHoursMax)],
        ["cut"] = [("maxItems", EditionLimits.CutsMax)],
        ["origin"] = [("pattern", "^an1[a-z2-7]{56}$")],
        ["incarnation"] = [("pattern", "^[0-9a-f]{16}$")],
        ["id"] = [("pattern", Hex64)],
        ["state_root"] = [("pattern", Hex64)],
        ["schema_sha256"] = [("pattern", Hex64)],
        ["from"] = [("minimum", 1), ("maximum", Limits.SeqMax)],
        ["name"] = [("pattern", @"^[a-z-]+-[0-9]+-[0-9a-f]{16}\.jsonl\.br$")],
        ["bytes"] = [("minimum", 1), ("maximum", EditionLimits.FileBytesMax(EditionRing.Friends))],
        ["raw_bytes"] = [("minimum", 0), ("maximum", EditionLimits.RawBytesMax(EditionRing.Friends))],
        ["rows"] = [("minimum", 0), ("maximum", EditionLimits.RawBytesMax(EditionRing.Friends) / 2)],
        ["encoding"] = [("const", EditionBlob.Brotli)],
        ["sha256"] = [("pattern", Hex64)],
        ["ih1"] = [("pattern", Hex40)],
        ["piece_length"] = [("enum", new JsonArray(256 * 1024, 1024 * 1024, 4 * 1024 * 1024))],
        ["pieces_root"] = [("pattern", Hex64)],
        ["data_licence"] = [("pattern", "^[A-Za-z0-9.+-]{1,32}$")],
    };

    private static JsonArray Words(params string[] words) => new([.. words.Select(w => JsonValue.Create(w))]);
}
