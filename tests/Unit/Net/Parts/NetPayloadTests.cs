using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class NetPayloadTests
{
    private const string Osh = "osh:8e245d9679d31e12:734003200";

    private static readonly string Points = Convert.ToBase64String(new byte[80 * 4]);

    /// <summary>A sound payload of each kind.</summary>
    public static TheoryData<string, string> Sound => new()
    {
        { "marker_observed", Marker() },
        { "marker_observed", Marker(("end_ms", null)).Replace("\"duration_ms\":1420100", "\"duration_ms\":120000") },
        { "marker_observed", Marker(("start_ms", 0), ("end_ms", 0), ("absent", true)) },
        { "marker_observed", Marker(("type", "commercial"), ("n", 31)) },
        { "theme_observed", Theme() },
        { "grouping_observed", Grouping() },
        { "grouping_observed", Grouping(("absolute", 12), ("file_part", 2)) },
        { "quality_observed", Quality() },
        { "hint_observed", Hint() },
        { "observation_retracted", """{"part":"grouping","v":1}""" },
    };

    /// <summary>One change to a sound payload, each beyond one rule.</summary>
    public static TheoryData<string, string> UnsoundMarkers => new()
    {
        { "marker_observed", Marker(("part", "grouping")) },
        { "marker_observed", Marker(("v", 2)) },
        { "marker_observed", Marker(("key", new JsonArray())) },
        { "marker_observed", Marker(("key", new JsonArray(Osh, Osh))) },
        { "marker_observed", Marker(("key", new JsonArray("work:mal:1/1/1"))) },
        { "marker_observed", Marker(("key", new JsonArray("/home/ada/Pilot.mkv"))) },
        { "marker_observed", Marker(("method", "guess")) },
        { "marker_observed", Marker(("method", 0)) },
        { "marker_observed", Marker(("tool", "")) },
        { "marker_observed", Marker(("tool", new string('t', 33))) },
        { "marker_observed", Marker(("tool", "Pilot.mkv")) },
        { "marker_observed", Marker(("tool", "a/b")) },
        { "marker_observed", Marker(("tool", "a\\b")) },
        { "marker_observed", Marker(("conf", 101)) },
        { "marker_observed", Marker(("conf", -1)) },
        { "marker_observed", Marker(("conf", 50.5)) },
        { "marker_observed", Marker(("at", -1)) },
        { "marker_observed", Marker(("n", 1)) },
        { "marker_observed", Marker(("type", "commercial"), ("n", 32)) },
        { "marker_observed", Marker(("start_ms", 67_701)) },
        { "marker_observed", Marker(("start_ms", -100)) },
        { "marker_observed", Marker(("end_ms", 72_600)) },
        { "marker_observed", Marker(("end_ms", 367_800)) },
        { "marker_observed", Marker(("end_ms", 86_400_100)) },
        { "marker_observed", Marker(("duration_ms", 0)) },
        { "marker_observed", Marker(("duration_ms", 86_400_001)) },
        { "marker_observed", Marker(("absent", true)) },
        { "marker_observed", Marker(("start_ms", 0), ("end_ms", 0), ("absent", false)) },
        { "marker_observed", Marker(("absent", null)) },
        { "marker_observed", Marker(("title", "Pilot")) },
        { "marker_observed", Marker().Replace(",\"end_ms\":158200", "") },
        { "marker_observed", Marker().Replace("\"n\":0", "\"n\":0,\"n\":0") },
        { "marker_observed", Marker().Replace("\"n\":0", "\"n\": 0") },
        { "marker_observed", Marker().Replace("\"n\":0", "\"n\":0e0") },
        { "marker_observed", Marker() + " " },
        { "marker_observed", "[" + Marker() + "]" },
        { "marker_observed", "null" },
        { "marker_observed", Marker(("tool", new string('t', 5_000))) },
    };

    /// <summary>The same for the other kinds.</summary>
    public static TheoryData<string, string> Unsound => new()
    {
        { "theme_observed", Theme(("season", "a.b")) },
        { "theme_observed", Theme(("season", new string('a', 65))) },
        { "theme_observed", Theme(("type", "recap")) },
        { "theme_observed", Theme(("algo", 2)) },
        { "theme_observed", Theme(("hop_us", 123_811)) },
        { "theme_observed", Theme(("length_ms", 9_899)) },
        { "theme_observed", Theme(("points", Convert.ToBase64String(new byte[79 * 4]))) },
        { "theme_observed", Theme(("points", Convert.ToBase64String(new byte[1_001 * 4]))) },
        { "theme_observed", Theme(("points", Convert.ToBase64String(new byte[80 * 4 + 1]))) },
        { "theme_observed", Theme(("points", "!")) },
        { "theme_observed", Theme(("key", new JsonArray(Osh))) },
        { "grouping_observed", Grouping(("work", new JsonArray())) },
        { "grouping_observed", Grouping(("work", new JsonArray("work:mal:1/1/1"))) },
        { "grouping_observed", Grouping(("season", 1_000)) },
        { "grouping_observed", Grouping(("episodes", new JsonArray())) },
        { "grouping_observed", Grouping(("episodes", new JsonArray(10_000))) },
        { "grouping_observed", Grouping(("absolute", 10_000)) },
        { "grouping_observed", Grouping(("file_part", 0)) },
        { "quality_observed", Quality(("grade", 101)) },
        { "quality_observed", Quality(("defects", new JsonArray("cam", "cam"))) },
        { "quality_observed", Quality().Replace("\"bit_depth\":10", "\"bit_depth\":9") },
        { "quality_observed", Quality().Replace("\"width\":1920", "\"width\":15") },
        { "quality_observed", Quality().Replace("\"fps_milli\":23976", "\"fps_milli\":999") },
        { "quality_observed", Quality().Replace("\"eng\"", "\"English\"") },
        { "quality_observed", Quality().Replace("\"ch\":6", "\"ch\":33") },
        { "hint_observed", Hint(("ttl_h", 73)) },
        { "hint_observed", Hint(("ttl_h", 0)) },
        { "hint_observed", Hint(("seeders", "7")) },
        { "hint_observed", Hint(("key", new JsonArray(Osh))) },
        { "observation_retracted", """{"part":"titles","v":1}""" },
        { "unknown_kind", Marker() },
        // The serializer lets nulls stand in lists.
        { "marker_observed", Marker(("key", new JsonArray((JsonNode?)null))) },
        { "grouping_observed", Grouping(("work", new JsonArray((JsonNode?)null))) },
        { "quality_observed", Quality(("defects", new JsonArray((JsonNode?)null))) },
        { "quality_observed", Quality().Replace("\"subs\":[\"eng\"]", "\"subs\":[null]") },
        { "quality_observed", NullTrack() },
    };

    private static string NullTrack()
    {
        var quality = JsonNode.Parse(Quality())!;
        quality["probe"]!["audio"] = new JsonArray((JsonNode?)null);
        quality["probe"]!["subs"] = new JsonArray((JsonNode?)null);
        return quality.ToJsonString();
    }

    [Theory, MemberData(nameof(Sound))]
    public void A_sound_payload_is_read(string kind, string payload) => Assert.NotNull(Read(kind, payload));

    [Theory, MemberData(nameof(UnsoundMarkers)), MemberData(nameof(Unsound))]
    public void One_step_beyond_a_rule_is_refused(string kind, string payload) => Assert.Null(Read(kind, payload));

    [Fact]
    public void Nothing_is_written_without_the_keys_that_were_let_out()
    {
        var open = new ItemScope(false, SourceAccess.Open);
        var marker = Assert.IsType<MarkerObserved>(Read("marker_observed", Marker()));
        var key = DisclosableKey.TryMake(Osh, open)!;
        var other = DisclosableKey.TryMake("osh:0000000000000000:200000", open)!;
        Assert.Throws<ArgumentException>(() => NetPayloads.Write(marker, [], out _));
        Assert.Throws<ArgumentException>(() => NetPayloads.Write(marker, [other], out _));
        var bytes = NetPayloads.Write(marker, [key], out var fault);
        Assert.Null(fault);
        Assert.Equal(Marker(), Encoding.UTF8.GetString(bytes!));
        Assert.Null(NetPayloads.Write(marker with { StartMs = 1 }, [key], out fault));
        Assert.Equal("start_ms", fault);
    }

    [Theory]
    [InlineData("work:mal:40938/1/5", "2026-W07", 5, null)]
    [InlineData("work:mal:40938/1/5", "2026-W53", 100, null)]
    [InlineData("work:mal:40938/1/5", "2026-W07", 4, "n")]
    [InlineData("work:mal:40938/1/5", "2026-W07", 6, "n")]
    [InlineData("work:mal:40938/1/5", "2027-W53", 5, "week")]
    [InlineData("work:mal:40938/1/5", "2026-W00", 5, "week")]
    [InlineData("work:mal:40938/1/5", "2026W07", 5, "week")]
    [InlineData(Osh, "2026-W07", 5, "key")]
    public void A_signal_row_counts_five_fleets_at_least(string key, string week, int n, string? fault) =>
        Assert.Equal(fault, NetRules.FaultOf(new SignalRow(key, SignalMetric.Kept, week, n)));

    private static object? Read(string kind, string payload) =>
        NetPayloads.ReadPayload(new Kind(kind), Encoding.UTF8.GetBytes(payload));

    private static string Marker(params (string Name, JsonNode? Value)[] changes) => Changed(
        $$"""
        {"part":"intro-markers","v":1,"key":["{{Osh}}"],"method":"chromaprint","tool":"anarchive","conf":92,
        "at":498000,"type":"intro","n":0,"start_ms":67700,"end_ms":158200,"duration_ms":1420100}
        """,
        changes);

    private static string Theme(params (string Name, JsonNode? Value)[] changes) => Changed(
        $$"""
        {"part":"intro-markers","v":1,"key":["thm:00112233445566778899aabbccddeeff"],"method":"chromaprint",
        "tool":"anarchive","conf":92,"at":498000,"season":"x1","type":"intro","points":"{{Points}}","algo":1,
        "hop_us":123810,"length_ms":45000}
        """,
        changes);

    private static string Grouping(params (string Name, JsonNode? Value)[] changes) => Changed(
        $$"""
        {"part":"grouping","v":1,"key":["{{Osh}}"],"method":"manual","tool":"anarchive","conf":100,"at":498000,
        "work":["work:tvdb:s81189"],"kind":"episode","season":1,"episodes":[1,2]}
        """,
        changes);

    private static string Quality(params (string Name, JsonNode? Value)[] changes) => Changed(
        $$"""
        {"part":"quality","v":1,"key":["{{Osh}}"],"method":"probe","tool":"ffprobe","conf":100,"at":498000,
        "source":"web","defects":["hardsub","wrong-content"],"probe":{"container":"mkv","vcodec":"h264","hdr":"none",
        "width":1920,"height":1080,"bit_depth":10,"fps_milli":23976,"bitrate_k":8000,"subs":["eng"],
        "audio":[{"codec":"eac3","ch":6,"lang":"eng"}]},"grade":80}
        """,
        changes);

    private static string Hint(params (string Name, JsonNode? Value)[] changes) => Changed(
        """
        {"part":"peers-hints","v":1,"key":["bt1:00112233445566778899aabbccddeeff00112233/0"],"method":"probe",
        "tool":"anarchive","conf":100,"at":498000,"state":"healthy","seeders":"2-5","ttl_h":24}
        """,
        changes);

    private static string Changed(string sound, (string Name, JsonNode? Value)[] changes)
    {
        var document = (JsonObject)JsonNode.Parse(sound)!;
        foreach (var (name, value) in changes) document[name] = value?.DeepClone();
        return document.ToJsonString();
    }
}
