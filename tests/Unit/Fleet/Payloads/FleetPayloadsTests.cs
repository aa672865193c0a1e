using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>The bytes of each kind, and what is refused.</summary>
public sealed class FleetPayloadsTests
{
    private static readonly string Hash1 = Sample.Hash(1).ToString();

    /// <summary>Each kind as other programs have to write it.</summary>
    public static TheoryData<string, string> Golden => new()
    {
        { "device_declared", """
            {"name":"NAS","class":"always_on","zone":"home","offsite":false,"services":["ssh","torznab"],
            "transports":["http","rsync"],"device":"H","replaces":"H2",
            "wg_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
            """ },
        { "device_declared", """
            {"name":"Box","class":"seedbox","zone":"abroad","offsite":true,"services":[],"transports":[],"steward":"N"}
            """ },
        { "volume_declared", """
            {"device":"H","volume":"V","name":"disks","capacity":4000000000000,"reserve":200000000000}
            """ },
        { "device_state_set", """{"device":"H","state":"draining"}""" },
        { "device_state_set", """
            {"device":"H","state":"dead","cut":{"incarnation":"00000000000000ff","seq":12}}
            """ },
        { "items_described", """
            {"rows":[{"item":"I","size":1001,"piece_length":16384,"piece_root":"R","private":"no","policy":"default",
            "infohash_v1":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","infohash_v2":"H","source":"src"}]}
            """ },
        { "policy_set", """
            {"policy":"films","floor":2,"ceil":3,"min_zones":2,"min_offsite":0,"auto_copy":false}
            """ },
        { "source_set", """
            {"source":"src","kind":"private","host":"tracker.example.org","gate":"search_only","isolation":"f2f_only"}
            """ },
        { "holdings_set", """
            {"device":"H","volume":"V","rows":[{"item":"I","gen":1,"state":"present","evidence":"hash"}]}
            """ },
        { "challenge_answered", """
            {"rows":[{"device":"H","volume":"V","item":"I","gen":1,"n":2,"ok":true}]}
            """ },
        { "pin_set", """{"item":"I","scope":"fleet","kind":"star"}""" },
        { "pin_set", """{"item":"I","scope":"device","kind":"trash","device":"H"}""" },
        { "probe_reported", """
            {"subject":"H","state":"suspect","uptime":950,"samples":288,"last_ok":1800000000000,
            "free":[{"volume":"V","bytes":7}],"flags":["client_down"]}
            """ },
        { "release_intended", """{"item":"I","volume":"V","gen":1,"plan_id":"H"}""" },
        { "release_ended", """{"outcome":"quarantined"}""" },
        { "lock_granted", """{"ttl_s":3600}""" },
        { "baton_accepted", """{"item":"I","week":2976}""" },
        { "duty_overridden", """{"duty":"research","subject":"fleet","until_epoch":2000000,"device":"H"}""" },
        { "torrent_state_set", """
            {"infohash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","state":"stalled",
            "since_epoch":2000000,"complete":1000}
            """ },
        { "viewing_set", """
            {"item":"I","position_ms":1260000,"duration_ms":2482000,"watched_ms":1800000000000}
            """ },
        { "viewing_set", """{"item":"I","position_ms":0,"duration_ms":1}""" },
        { "viewing_set", """{"item":"I"}""" },
    };

    /// <summary>Of devices: a payload, and what of it is replaced by what.</summary>
    public static TheoryData<string, string, string> HostileRegistry => new()
    {
        { "device_declared", "\"NAS\"", "\"/mnt/films\"" },
        { "device_declared", "\"NAS\"", "\"C:\\\\films\"" },
        { "device_declared", "\"NAS\"", "\"\"" },
        { "device_declared", "\"NAS\"", "\" NAS\"" },
        { "device_declared", "\"NAS\"", "\"a\\u202Eb\"" },
        { "device_declared", "\"NAS\"", "null" },
        { "device_declared", "\"NAS\"", "\"" + new string('n', 65) + "\"" },
        { "device_declared", "\"home\"", "\"../home\"" },
        { "device_declared", "always_on", "AlwaysOn" },
        { "device_declared", "\"always_on\"", "0" },
        { "device_declared", "\"ssh\",\"torznab\"", "\"torznab\",\"ssh\"" },
        { "device_declared", "\"ssh\",\"torznab\"", "\"ssh\",\"ssh\"" },
        { "device_declared", "\"ssh\",\"torznab\"", "\"ssh:/etc\"" },
        { "device_declared", "\"ssh\",\"torznab\"", "null" },
        { "device_declared", "\"http\",\"rsync\"", "\"ftp\"" },
        { "device_declared", "AAAA=\"", "AAAB=\"" },
        { "device_declared", "\"offsite\":false", "\"offsite\":false,\"path\":\"x\"" },
        { "device_declared", "\"offsite\":false", "\"offsite\":false,\"offsite\":false" },
        { "device_declared", "\"offsite\":false", "\"offsite\": false" },
        { "device_declared", "\"replaces\":\"H2\"", "\"replaces\":\"H\"" },
        { "device_declared", "\"replaces\":\"H2\"", "\"replaces\":null" },
        { "volume_declared", "4000000000000", "4e12" },
        { "volume_declared", "4000000000000", "-1" },
        { "volume_declared", "4000000000000", "9007199254740992" },
        { "volume_declared", "200000000000", "4000000000001" },
        { "volume_declared", "\"V\"", "\"V0\"" },
        { "device_state_set", "\"draining\"", "\"asleep\"" },
        { "device_state_set", "\"draining\"", "\"active\",\"cut\":{\"incarnation\":\"00000000000000ff\",\"seq\":1}" },
    };

    /// <summary>As above, of items and custody.</summary>
    public static TheoryData<string, string, string> HostileCustody => new()
    {
        { "items_described", "1001", "1002" },
        { "items_described", "\"piece_root\":\"R\"", "\"piece_root\":\"H2\"" },
        { "items_described", "16384", "16385" },
        { "items_described", "16384", "8192" },
        { "items_described", "\"no\"", "\"public\"" },
        { "items_described", "\"src\"", "\"https://tracker/announce?passkey=1\"" },
        { "items_described", "\"default\"", "\"a/b\"" },
        { "items_described", "aaaaaaaaaa\"", "aaaaaaaaaA\"" },
        { "items_described", "[{", "[null,{" },
        { "policy_set", "\"floor\":2", "\"floor\":0" },
        { "policy_set", "\"ceil\":3", "\"ceil\":1" },
        { "policy_set", "\"ceil\":3", "\"ceil\":65" },
        { "policy_set", "\"min_zones\":2", "\"min_zones\":3" },
        { "policy_set", "\"min_offsite\":0", "\"min_offsite\":-1" },
        { "source_set", "tracker.example.org", "tracker.example.org/announce" },
        { "source_set", "tracker.example.org", "tracker.example.org:443" },
        { "source_set", "tracker.example.org", "Tracker.example.org" },
        { "source_set", "tracker.example.org", "tracker..org" },
        { "source_set", "\"f2f_only\"", "\"open\"" },
        { "source_set", "\"private\",", "\"unknown\",\"announce\":\"x\"," },
        { "holdings_set", "\"gen\":1", "\"gen\":0" },
        { "holdings_set", "\"hash\"", "\"challenge\"" },
        { "holdings_set", "[{", "[],\"more\":[{" },
        { "challenge_answered", "\"n\":2", "\"n\":4" },
        { "challenge_answered", "\"n\":2", "\"n\":0" },
        { "pin_set", "\"fleet\"", "\"device\"" },
        { "probe_reported", "950", "1001" },
        { "probe_reported", "\"bytes\":7", "\"bytes\":-7" },
        { "probe_reported", "7}", "7},{\"volume\":\"V\",\"bytes\":8}" },
        { "probe_reported", "\"client_down\"", "\"/srv is full\"" },
        { "release_intended", "\"plan_id\":\"H\"", "\"plan_id\":\"\"" },
        { "release_ended", "quarantined", "deleted" },
        { "lock_granted", "3600", "0" },
        { "lock_granted", "3600", "86401" },
        { "baton_accepted", "2976", "-1" },
        { "duty_overridden", "research", "landlord" },
        { "duty_overridden", "\"fleet\"", "\"a\\\\b\"" },
        { "torrent_state_set", "1000", "1001" },
        { "torrent_state_set", "stalled", "Stalled" },
        { "viewing_set", "1260000", "2482001" },
        { "viewing_set", "1260000", "-1" },
        { "viewing_set", "2482000", "0" },
        { "viewing_set", "2482000", "86400001" },
        { "viewing_set", "1800000000000", "-1" },
        { "viewing_set", "\"position_ms\":1260000,", "" },
        { "viewing_set", "\"duration_ms\":2482000,", "" },
        { "viewing_set", "\"position_ms\":1260000,\"duration_ms\":2482000,", "" },
        { "viewing_set", "\"item\":\"I\"", "\"item\":\"I\",\"title\":\"x\"" },
    };

    [Theory, MemberData(nameof(Golden))]
    public void A_payload_is_read_and_written_byte_for_byte(string kind, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(Filled(json));
        var read = FleetPayloads.ReadPayload(new Kind(kind), bytes);
        Assert.NotNull(read);
        Assert.Equal(new Kind(kind), FleetPayloads.KindOf(read));
        Assert.Equal(Filled(json), Encoding.UTF8.GetString(FleetPayloads.Write(read, out var fault)!));
        Assert.Null(fault);
    }

    [Fact]
    public void Every_kind_has_an_example() => Assert.Equal(
        FleetApp.Kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal),
        Golden.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(HostileRegistry)), MemberData(nameof(HostileCustody))]
    public void A_payload_that_breaks_a_rule_is_inert(string kind, string right, string wrong)
    {
        var sound = OneLine(Golden.First(row => row.Data.Item1 == kind).Data.Item2);
        Assert.Contains(right, sound);
        var broken = sound.Replace(right, wrong, StringComparison.Ordinal);
        Assert.Null(FleetPayloads.ReadPayload(new Kind(kind), Encoding.UTF8.GetBytes(Filled(broken))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"rows\":[]}")]
    [InlineData("{\"rows\":null}")]
    public void What_says_nothing_is_inert(string json) => Assert.All(
        FleetApp.Kinds, kind => Assert.Null(FleetPayloads.ReadPayload(kind, Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Text_that_is_no_utf8_is_inert()
    {
        const string volume = """{"device":"H","volume":"V","name":"x","capacity":1,"reserve":0}""";
        var bytes = Encoding.UTF8.GetBytes(Filled(volume));
        Assert.NotNull(FleetPayloads.ReadPayload(FleetApp.VolumeDeclared, bytes));
        bytes[Array.IndexOf(bytes, (byte)'x')] = 0xff;
        Assert.Null(FleetPayloads.ReadPayload(FleetApp.VolumeDeclared, bytes));
    }

    [Fact]
    public void An_item_comes_once_in_an_event_and_no_more_than_500_do()
    {
        HoldingRow Row(int number) => new(Sample.Item(number), 1, HoldingState.Present, Evidence.Hash);
        string? FaultOf(IEnumerable<HoldingRow> rows) =>
            FleetRules.FaultOf(new HoldingsSet(default, default, [.. rows]));
        Assert.Null(FaultOf([Row(1), Row(1) with { Gen = 2 }]));
        Assert.Equal("rows", FaultOf([Row(1), Row(1) with { State = HoldingState.Gone }]));
        Assert.Null(FaultOf(Enumerable.Range(0, 500).Select(Row)));
        Assert.Equal("rows", FaultOf(Enumerable.Range(0, 501).Select(Row)));
        Assert.Equal("rows", FaultOf([]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(3001)]
    public void Rows_are_split_into_events_that_every_node_reads(int count)
    {
        var rows = Enumerable.Range(0, count).Select(number => Sample.Described(
            number, Privacy.Unknown, new string('p', 64), new string('a', 40), new string('s', 64))).ToList();
        var drafts = FleetDrafts.Of(new ItemsDescribed(rows), [], out var fault);
        Assert.Null(fault);
        var read = drafts!.Select(draft =>
            Assert.IsType<ItemsDescribed>(FleetPayloads.ReadPayload(draft.Kind, draft.Payload.Span))).ToList();
        Assert.Equal(rows.Select(row => row.Item), read.SelectMany(one => one.Rows).Select(row => row.Item));
        Assert.All(drafts!, draft => Assert.InRange(draft.Payload.Length, 1, Limits.PayloadBytesMax));
    }

    [Fact]
    public void One_wrong_row_among_many_writes_nothing()
    {
        var rows = Enumerable.Range(0, 900).Select(number => Sample.Described(number)).ToList();
        rows[700] = rows[700] with { Size = 1 };
        Assert.Null(FleetDrafts.Of(new ItemsDescribed(rows), [], out var fault));
        Assert.Equal("item", fault);
    }

    private static string OneLine(string json) => string.Concat(json.Split('\n').Select(line => line.Trim()));

    /// <summary>Ids in place of their letters.</summary>
    private static string Filled(string json) => OneLine(json)
        .Replace("\"H2\"", $"\"{Sample.Hash(2)}\"", StringComparison.Ordinal)
        .Replace("\"H\"", $"\"{Hash1}\"", StringComparison.Ordinal)
        .Replace("\"R\"", $"\"{Sample.Described(1).PieceRoot}\"", StringComparison.Ordinal)
        .Replace("\"I\"", $"\"{Sample.Item(1)}\"", StringComparison.Ordinal)
        .Replace("\"V\"", $"\"{Sample.Volume(7)}\"", StringComparison.Ordinal)
        .Replace("\"V0\"", $"\"{new string('V', 32)}\"", StringComparison.Ordinal)
        .Replace("\"N\"", $"\"{new NodeId(Sample.Hash(3))}\"", StringComparison.Ordinal);
}
