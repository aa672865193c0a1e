using System.Security.Cryptography;
using System.Text;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Manifests say what their ring allows, in one spelling.</summary>
public sealed class PartEditionTests
{
    /// <summary>One change to a sound manifest, each beyond one rule, and the member at fault.</summary>
    public static TheoryData<string, Func<PartEdition, PartEdition>> Faults => new()
    {
        { "v", m => m with { V = 2 } },
        { "part", m => m with { Part = "peers-hints" } },
        { "part", m => m with { Part = "signal" } },
        { "part", m => m with { Part = "titles" } },
        { "part", m => m with { Ring = EditionRing.Network } },
        { "group", m => m with { Group = m.Publisher } },
        { "swarm_isolation", m => m with { SwarmIsolation = SwarmIsolation.Open } },
        { "k", m => m with { K = 5 } },
        { "sources", m => m with { Sources = 2 } },
        { "merge_policy", m => m with { MergePolicy = "k-anon/1" } },
        { "merge_policy", m => m with { MergePolicy = "merged/1" } },
        { "seq", m => m with { Seq = 0 } },
        { "week", m => m with { Week = "2026-W60" } },
        { "prev", m => m with { Prev = new string('a', 64) } },
        { "prev", m => m with { Seq = 2 } },
        { "prev", m => m with { Seq = 2, Prev = new string('A', 64) } },
        { "publisher", m => m with { Publisher = "ada" } },
        { "created", m => m with { Created = -1 } },
        { "expires_at", m => m with { ExpiresAt = m.Created } },
        { "expires_at", m => m with { ExpiresAt = m.Created + 9_000 } },
        { "cut", m => m with { Cut = [] } },
        { "cut", m => m with { Cut = [m.Cut[0], m.Cut[0]] } },
        { "cut", m => m with { Cut = [m.Cut[0] with { Seq = 0 }] } },
        { "cut", m => m with { Cut = [m.Cut[0] with { Id = "" }] } },
        { "cut", m => m with { Cut = [m.Cut[0] with { Incarnation = "1" }] } },
        { "cut", m => m with { Cut = [m.Cut[0] with { Origin = "an1" }] } },
        { "cut", m => m with { Cut = Cuts(201) } },
        { "state_root", m => m with { StateRoot = "" } },
        { "schema_sha256", m => m with { SchemaSha256 = "x" } },
        { "from", m => m with { From = 1 } },
        { "from", m => m with { Kind = EditionKind.Delta } },
        { "from", m => m with { Kind = EditionKind.Delta, From = 1 } },
        { "file", m => m with { File = m.File with { Name = "a.jsonl.br" } } },
        { "file", m => m with { File = m.File with { Bytes = 0 } } },
        { "file", m => m with { File = m.File with { RawBytes = -1 } } },
        { "file", m => m with { File = m.File with { Rows = 2_001 } } },
        { "file", m => m with { File = m.File with { Rows = 0 } } },
        { "file", m => m with { File = m.File with { Encoding = "gzip" } } },
        { "file", m => m with { File = m.File with { Sha256 = new string('a', 64) } } },
        { "file", m => m with { File = m.File with { Ih1 = new string('a', 64) } } },
        { "file", m => m with { File = m.File with { PieceLength = 16_384 } } },
        { "file", m => m with { File = m.File with { PiecesRoot = "" } } },
        { "data_licence", m => m with { DataLicence = "all rights reserved" } },
        { "data_licence", m => m with { DataLicence = "" } },
    };

    /// <summary>The same for totals of the network.</summary>
    public static TheoryData<string, Func<PartEdition, PartEdition>> TotalsFaults => new()
    {
        { "part", m => m with { Part = "intro-markers" } },
        { "k", m => m with { K = 4 } },
        { "k", m => m with { K = 101 } },
        { "sources", m => m with { Sources = 4 } },
        { "sources", m => m with { Sources = 1_000_001 } },
        { "merge_policy", m => m with { MergePolicy = "own-fleet/1" } },
    };

    [Fact]
    public void A_manifest_is_these_bytes()
    {
        var bytes = NetPayloads.Write(EditionWorld.Manifest(2), out var fault);
        Assert.Null(fault);
        const string Sha = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        Assert.Equal(
            $$"""
            {"v":1,"part":"intro-markers","group":"{{EditionWorld.Group}}","ring":"friends",
            "swarm_isolation":"f2f_only","k":1,"sources":1,"merge_policy":"own-fleet/1","seq":2,"week":"2026-W07",
            "prev":"{{Sha}}","publisher":"{{EditionWorld.Node(0)}}","created":490000,"expires_at":492000,
            "cut":[{"origin":"{{EditionWorld.Node(0)}}","incarnation":"0000000000000001","seq":9,"id":"{{Sha}}"}],
            "state_root":"{{Sha}}","schema_sha256":"{{EditionSchema.Of("intro-markers", EditionRing.Friends)}}",
            "kind":"full","from":null,"file":{"name":"intro-markers-2-0011223344556677.jsonl.br","bytes":700,
            "raw_bytes":4000,"rows":20,"encoding":"br","sha256":"{{Sha}}","ih1":"{{Sha[..40]}}",
            "piece_length":262144,"pieces_root":"{{Sha}}"},"data_licence":"CC0-1.0"}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(bytes!));
        Assert.NotNull(NetPayloads.ReadPayload(NetApp.PartEditionPublished, bytes));
        Assert.Null(NetPayloads.ReadPayload(NetApp.PartEditionPublished, [.. bytes!, (byte)' ']));
        Assert.Null(NetPayloads.ReadPayload(NetApp.MarkerObserved, bytes));
    }

    [Theory, MemberData(nameof(Faults))]
    public void One_step_beyond_a_rule_is_told_by_its_member(string fault, Func<PartEdition, PartEdition> change) =>
        AssertFault(fault, change(EditionWorld.Manifest()));

    [Theory, MemberData(nameof(TotalsFaults))]
    public void Totals_have_rules_of_their_own(string fault, Func<PartEdition, PartEdition> change)
    {
        Assert.Null(EditionRules.FaultOf(EditionWorld.Totals()));
        Assert.Null(EditionRules.FaultOf(EditionWorld.Totals("peers-hints")));
        AssertFault(fault, change(EditionWorld.Totals()));
    }

    [Fact]
    public void As_many_chains_as_allowed_fit_into_an_event()
    {
        var bytes = NetPayloads.Write(EditionWorld.Manifest(cut: Cuts(200)), out _)!;
        Assert.NotNull(NetPayloads.ReadPayload(NetApp.PartEditionPublished, bytes));
    }

    [Theory]
    [InlineData("intro-markers", EditionRing.Friends, "fleet")]
    [InlineData("grouping", EditionRing.Friends, "fleet")]
    [InlineData("quality", EditionRing.Friends, "fleet")]
    [InlineData("signal", EditionRing.Network, "totals")]
    [InlineData("peers-hints", EditionRing.Network, "totals")]
    public void The_schema_of_rows_is_that_of_the_documents(string part, EditionRing ring, string form)
    {
        // One that fails after a change of rules: write the new value down, for older rows are of another schema.
        var text = $"anarchive/v1/net-rows\0{form}\0" + string.Concat(
            EditionSchema.FilesOf(part).Select(f => Checkout.Read($"docs/schema/net/{f}.json")));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), EditionSchema.Of(part, ring));
        Assert.Contains(part, EditionRules.PartsOf(ring));
    }

    [Theory]
    [InlineData(0, "1970-W01")]
    [InlineData(490_560, "2025-W51")]
    [InlineData(492_000, "2026-W08")]
    public void Weeks_are_those_of_ISO_8601(long hours, string week) =>
        Assert.Equal(week, EditionCalendar.WeekOf(hours));

    [Theory]
    [InlineData(null, "2026-W07", true)]
    [InlineData("2026-W06", "2026-W07", false)]
    [InlineData("2026-W05", "2026-W06", true)]
    [InlineData("2025-W06", "2026-W06", true)]
    public void A_full_edition_is_due_once_a_month(string? last, string week, bool due) =>
        Assert.Equal(due, EditionCalendar.IsFullDue(last, week));

    [Fact]
    public void Files_that_a_kept_edition_rests_on_stay()
    {
        KeptEdition Full(long seq) => new(seq, null, false, 0);
        KeptEdition Delta(long seq, long? replaced = 0) => new(seq, seq - 1, false, replaced);
        KeptEdition[] kept = [Full(1), Delta(2), Full(3), Delta(4), Delta(5), Delta(6, null)];
        Assert.Equal([1, 2], EditionRetention.MayGo(kept, 168));
        Assert.Empty(EditionRetention.MayGo(kept, 167));
        Assert.Empty(EditionRetention.MayGo([kept[0], kept[1] with { IsStarred = true }, .. kept[2..]], 168));
    }

    private static PartCut[] Cuts(int count) =>
    [
        .. Enumerable.Range(0, count).Select(d => EditionWorld.Chain(d)).Order()
            .Select(c => new PartCut(c.Origin.ToString(), c.Incarnation.ToString(), (1L << 53) - 1, new('f', 64))),
    ];

    private static void AssertFault(string fault, PartEdition edition)
    {
        Assert.Equal(fault, EditionRules.FaultOf(edition));
        Assert.Null(NetPayloads.Write(edition, out var told));
        Assert.Equal(fault, told);
    }
}
