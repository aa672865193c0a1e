using System.Text.Json.Nodes;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PlayerFileTests
{
    private static readonly Guid Item = new("0f2c0d3e-6d2b-4a9c-8a55-0b6f6a1f7a11");

    [Fact]
    public void Kodi_gets_tabs_seconds_and_what_may_be_skipped_alone()
    {
        const string Expected = "0.000\t42.000\t3\n68.300\t157.900\t3\n1330.000\t1420.100\t3\n";
        Assert.Equal(Expected, KodiEdl.Write(Exported.All, EdlAction.CommercialBreak));
        Assert.Equal(Expected.Replace("\t3\n", "\t0\n"), KodiEdl.Write(Exported.All, EdlAction.Cut));
        Assert.Equal("", KodiEdl.Write([], EdlAction.CommercialBreak));
        Assert.Equal("/a/Film.v2.edl", KodiEdl.NameFor("/a/Film.v2.mkv"));
    }

    [Fact]
    public void Kodi_gets_ranges_that_meet_as_one()
    {
        ExportMarker[] markers =
        [
            Exported.Intro with { StartMs = 40_000, EndMs = 50_000 }, Exported.Recap,
            Exported.Intro with { StartMs = 50_000, EndMs = 90_000 },
            Exported.Intro with { StartMs = 60_000, EndMs = 70_000 },
        ];
        Assert.Equal("0.000\t90.000\t3\n", KodiEdl.Write(markers, EdlAction.CommercialBreak));
    }

    [Fact]
    public void Jellyfin_gets_its_own_names_ticks_and_the_same_ids_every_time()
    {
        var answer = JellyfinSegments.Answer(Exported.All, Item, withButtons: false);
        Assert.Equal(
            [("Recap", 0L, 420_000_000L), ("Intro", 683_000_000L, 1_579_000_000L),
                ("Outro", 13_300_000_000L, 14_201_000_000L)],
            answer.Items.Select(s => (s.Type, s.StartTicks, s.EndTicks)));
        Assert.All(answer.Items, s => Assert.Equal("0f2c0d3e6d2b4a9c8a550b6f6a1f7a11", s.ItemId));
        var again = JellyfinSegments.Answer(Exported.All.Reverse(), Item, withButtons: false);
        Assert.Equal(answer.Items, again.Items);
        Assert.Equal(3, answer.Items.Select(s => s.Id).Distinct().Count());
        // RFC 9562: version 8, variant 10.
        Assert.All(answer.Items, s => Assert.Matches("^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}$", s.Id));
        var other = JellyfinSegments.Answer(Exported.All, Guid.Empty, withButtons: false);
        Assert.Empty(answer.Items.Select(s => s.Id).Intersect(other.Items.Select(s => s.Id)));
        Assert.Equal("Commercial", JellyfinSegments.Answer(Exported.All, Item, withButtons: true).Items[2].Type);
    }

    [Fact]
    public void Jellyfins_json_is_spelled_as_its_server_does()
    {
        var json = JellyfinSegments.Write(JellyfinSegments.Answer([Exported.Recap], Item, withButtons: false));
        var id = (string?)JsonNode.Parse(json)!["Items"]![0]!["Id"];
        Assert.Equal(
            ("{'Items':[{'Id':'" + id + "','ItemId':'0f2c0d3e6d2b4a9c8a550b6f6a1f7a11','Type':'Recap',"
                + "'StartTicks':0,'EndTicks':420000000}],'TotalRecordCount':1,'StartIndex':0}").Replace('\'', '"'),
            json);
    }

    [Fact]
    public void The_sidecar_tells_what_to_skip_from_what_to_offer_and_nothing_of_the_hidden()
    {
        var sidecar = JsonNode.Parse(MpvSidecar.Write(Exported.All, Exported.Duration))!;
        Assert.Equal((1, Exported.Duration), ((int)sidecar["anarchive"]!, (long)sidecar["duration_ms"]!));
        Assert.Equal(
            [
                """{"type":"recap","start_ms":0,"end_ms":42000,"level":"auto-skip"}""",
                """{"type":"intro","start_ms":68300,"end_ms":157900,"level":"auto-skip"}""",
                """{"type":"commercial","start_ms":600000,"end_ms":660500,"level":"button"}""",
                """{"type":"outro","start_ms":1330000,"end_ms":null,"level":"auto-skip"}""",
            ],
            sidecar["markers"]!.AsArray().Select(m => m!.ToJsonString()));
        Assert.Equal("/a/Film.mkv.anarchive.json", MpvSidecar.NameFor("/a/Film.mkv"));
    }

    [Fact]
    public void The_script_opens_no_connection_and_starts_no_program()
    {
        var script = MpvSidecar.Script();
        Assert.Contains(MpvSidecar.Suffix, script);
        Assert.All(
            new[] { "http", "socket", "subprocess", "os.execute", "popen", "curl", "loadstring", "run" },
            word => Assert.DoesNotContain(word, script));
    }

    [Fact]
    public void Chapters_are_called_what_people_call_them() => Assert.Equal(
        ";FFMETADATA1\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=42000\ntitle=Recap\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=68300\nEND=157900\ntitle=Intro\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=600000\nEND=660500\ntitle=Commercial\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1330000\nEND=1420100\ntitle=Credits\n",
        ChapterFile.Write(Exported.All));

    [Fact]
    public void The_table_has_a_header_and_a_row_each() => Assert.Equal(
        "key,type,n,start_ms,end_ms,duration_ms,level\r\n"
        + $"{Exported.Key},recap,0,0,42000,1420100,auto-skip\r\n"
        + $"{Exported.Key},intro,0,68300,157900,1420100,auto-skip\r\n"
        + $"{Exported.Key},commercial,2,600000,660500,1420100,button\r\n"
        + $"{Exported.Key},outro,0,1330000,,1420100,auto-skip\r\n",
        MarkerCsv.Write(Exported.All));

    [Fact]
    public void Markers_that_end_before_they_begin_or_beyond_the_file_are_in_no_output()
    {
        ExportMarker[] wrong =
        [
            Exported.Intro with { EndMs = 68_300 }, Exported.Intro with { StartMs = -1 },
            Exported.Intro with { EndMs = Exported.Duration + 1 }, Exported.Outro with { StartMs = Exported.Duration },
            Exported.Intro with { DurationMs = NetRules.MediaMsMax + 1 },
        ];
        Assert.Empty(ExportRules.Shown(wrong));
        Assert.Empty(ExportRules.Skippable(wrong));
    }

    [Fact]
    public void A_merge_is_exported_with_its_level_unless_it_hides_what_it_found()
    {
        var slot = new MarkerSlot(Exported.Key, MarkerType.Intro, 0);
        var merged = new MergedMarker(MergeLevel.Button, 68_300, 157_900, [], []);
        Assert.Equal(
            Exported.Intro with { Level = MergeLevel.Button }, ExportMarker.Of(slot, merged, Exported.Duration));
        Assert.Null(ExportMarker.Of(slot, merged with { Level = MergeLevel.Hidden }, Exported.Duration));
        Assert.Null(ExportMarker.Of(slot, merged with { StartMs = null, EndMs = null }, Exported.Duration));
        Assert.Null(ExportMarker.Of(slot, merged, 157_900)!.EndMs);
        Assert.Null(ExportMarker.Of(slot, merged, 60_000));
    }
}
