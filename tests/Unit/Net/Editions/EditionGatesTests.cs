using Anarchive.Log;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>The gates before anything is fetched, in their order, with one code each.</summary>
public sealed class EditionGatesTests
{
    private static readonly FakeSigner Signer = new(1);

    private readonly Dictionary<EventId, PartEdition> _known = [];
    private HeldEdition? _held;
    private long? _pin;

    [Fact]
    public void The_first_edition_passes()
    {
        var claim = Claim(EditionWorld.Manifest());
        Assert.IsType<EditionVerdict.Pass>(Check(claim));
    }

    [Fact]
    public void What_is_no_manifest_is_refused_before_all_gates()
    {
        var marker = Claim(EditionWorld.Marker(), "marker_observed");
        Assert.Null(EditionGates.Read(marker, out var verdict));
        Assert.Equal("net_edition_manifest", Assert.IsType<EditionVerdict.Refuse>(verdict).Code);
        Assert.Null(EditionGates.Read(Claim("{}"u8.ToArray()), out _));
    }

    [Fact]
    public void Another_group_part_ring_or_publisher_stops_at_the_first_gate()
    {
        var claim = Claim(EditionWorld.Manifest());
        var standing = Standing();
        Assert.All(
            [
                standing with { Group = new GroupId(Hash256.Sha256("other"u8)) },
                standing with { Part = "grouping" },
                standing with { Ring = EditionRing.Network },
                standing with { MayPublish = _ => false },
            ],
            s => AssertRefused("net_edition_publisher", Check(claim, s)));
        // The group of the event, and the group that the manifest names.
        AssertRefused("net_edition_publisher", Check(Claim(EditionWorld.Manifest() with
        {
            Group = new GroupId(Hash256.Sha256("other"u8)).ToString(),
        })));
    }

    [Fact]
    public void An_unsigned_or_borrowed_manifest_stops_at_the_second_gate()
    {
        var edition = EditionWorld.Manifest();
        AssertRefused("net_edition_signature", Check(Claim(edition, key: new FakeSigner(2).PublicKey)));
        AssertRefused("net_edition_signature", Check(Claim(edition, unknown: true)));
        AssertRefused("net_edition_signature", Check(Claim(edition with
        {
            Publisher = EditionWorld.Node(7).ToString(),
        })));
        // Both wrong: the earlier gate is told.
        AssertRefused(
            "net_edition_publisher",
            Check(Claim(edition, unknown: true), Standing() with { MayPublish = _ => false }));
    }

    [Fact]
    public void A_payload_exchanged_under_a_signature_is_not_signed()
    {
        var payload = NetPayloads.Write(EditionWorld.Manifest(), out _)!;
        var header = Header(payload);
        var forged = NetPayloads.Write(EditionWorld.Manifest() with { Week = "2026-W06" }, out _)!;
        var signature = Signer.Sign(Batch.SignedBytes(header));
        var claim = EditionClaim.OfWire(
            new Event(header, new Payload(new byte[16], forged)), signature, Signer.PublicKey, new FakeVerifier())!;
        Assert.False(claim.IsSigned);
    }

    [Fact]
    public void The_next_one_passes_and_the_same_one_changes_nothing()
    {
        var first = Hold(EditionWorld.Manifest());
        Assert.IsType<EditionVerdict.Held>(Check(first));
        Assert.IsType<EditionVerdict.Pass>(Check(Claim(Next(first, 2))));
    }

    [Fact]
    public void A_gap_asks_for_the_manifest_between()
    {
        var first = Hold(EditionWorld.Manifest());
        var second = Claim(Next(first, 2));
        var third = Claim(Next(second, 3));
        var needs = Assert.IsType<EditionVerdict.NeedsManifest>(Check(third));
        Assert.Equal(second.Id, needs.Manifest);
        Know(second);
        Assert.IsType<EditionVerdict.Pass>(Check(third));
    }

    [Fact]
    public void A_newcomer_asks_for_all_manifests_from_the_first_on()
    {
        var first = Claim(EditionWorld.Manifest());
        var second = Claim(Next(first, 2));
        Assert.Equal(first.Id, Assert.IsType<EditionVerdict.NeedsManifest>(Check(second)).Manifest);
        Know(first);
        Assert.IsType<EditionVerdict.Pass>(Check(second));
    }

    [Fact]
    public void A_history_that_skips_a_number_or_goes_back_in_time_stops_at_the_third_gate()
    {
        var first = Hold(EditionWorld.Manifest());
        AssertRefused("net_edition_seq", Check(Claim(Next(first, 3))));
        AssertRefused("net_edition_seq", Check(Claim(Next(first, 2) with { Week = "2026-W06" })));
    }

    [Fact]
    public void An_expired_one_and_one_from_the_future_stop_at_the_third_gate()
    {
        var edition = EditionWorld.Manifest();
        AssertRefused("net_edition_seq", Check(Claim(edition), Standing() with { NowHours = edition.ExpiresAt }));
        AssertRefused("net_edition_seq", Check(Claim(edition), Standing() with { NowHours = edition.Created - 25 }));
        Assert.IsType<EditionVerdict.Pass>(
            Check(Claim(edition), Standing() with { NowHours = edition.ExpiresAt, Pin = 1 }));
    }

    [Fact]
    public void Two_editions_of_one_number_are_quarantined_whichever_is_here()
    {
        var first = Hold(EditionWorld.Manifest());
        var other = Claim(EditionWorld.Manifest() with { Week = "2026-W08" });
        AssertSuspicious("net_edition_equivocation", Check(other));
        var second = Know(Claim(Next(first, 2)));
        AssertSuspicious("net_edition_equivocation", Check(Claim(Next(first, 2) with { Week = "2026-W09" })));
        Assert.IsType<EditionVerdict.Pass>(Check(second));
    }

    [Fact]
    public void A_history_without_the_edition_that_is_here_is_quarantined()
    {
        Hold(EditionWorld.Manifest());
        _known.Clear();
        var other = Know(Claim(EditionWorld.Manifest() with { Week = "2026-W06" }));
        AssertSuspicious("net_edition_equivocation", Check(Claim(Next(other, 2))));
    }

    [Fact]
    public void Going_back_is_quarantined_unless_its_owner_asked_for_an_edition_that_led_here()
    {
        var first = Know(Claim(EditionWorld.Manifest()));
        Hold(Next(first, 2));
        AssertRefused("net_edition_seq", Check(first));
        _pin = 1;
        Assert.IsType<EditionVerdict.Pass>(Check(first));
        _known.Remove(first.Id);
        AssertSuspicious(
            "net_edition_downgrade", Check(Claim(EditionWorld.Manifest() with { Week = "2026-W05" })));
    }

    [Fact]
    public void A_pin_keeps_later_ones_out()
    {
        var first = Hold(EditionWorld.Manifest());
        _pin = 1;
        AssertRefused("net_edition_seq", Check(Claim(Next(first, 2))));
    }

    [Fact]
    public void A_delta_needs_the_edition_that_it_changes()
    {
        var first = Know(Claim(EditionWorld.Manifest()));
        var delta = Claim(Next(first, 2) with { Kind = EditionKind.Delta, From = 1 });
        Assert.Equal(1, Assert.IsType<EditionVerdict.NeedsEdition>(Check(delta)).Seq);
        Hold(EditionWorld.Manifest());
        Assert.IsType<EditionVerdict.Pass>(Check(delta));
    }

    [Theory]
    [InlineData(200L << 20, 1L << 30, null)]
    [InlineData((200L << 20) + 1, 1L << 30, "bytes")]
    [InlineData(200L << 20, (1L << 30) + 1, "raw_bytes")]
    public void Too_large_a_file_stops_at_the_fourth_gate(long bytes, long raw, string? fault)
    {
        var edition = EditionWorld.Manifest();
        edition = edition with { File = edition.File with { Bytes = bytes, RawBytes = raw } };
        Assert.Equal(fault, EditionGates.SizeFault(edition));
        if (fault is null) Assert.IsType<EditionVerdict.Pass>(Check(Claim(edition)));
        else AssertRefused("net_edition_size", Check(Claim(edition)));
    }

    [Fact]
    public void Totals_have_smaller_bounds()
    {
        var edition = EditionWorld.Totals();
        Assert.Equal(
            "bytes", EditionGates.SizeFault(edition with { File = edition.File with { Bytes = (50 << 20) + 1 } }));
        var raw = edition.File with { RawBytes = (256 << 20) + 1 };
        Assert.Equal("raw_bytes", EditionGates.SizeFault(edition with { File = raw }));
    }

    [Fact]
    public void Every_gate_has_a_code_of_its_own()
    {
        var codes = Enum.GetValues<EditionGate>().Select(EditionVerdict.CodeOf).ToArray();
        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes[1..], c => Assert.StartsWith("net_edition_", c, StringComparison.Ordinal));
    }

    private static PartEdition Next(EditionClaim before, long seq) =>
        EditionWorld.Manifest(seq, before.Id.ToString());

    private static EditionClaim Claim(PartEdition edition, PublicKey? key = null, bool unknown = false)
    {
        var payload = NetPayloads.Write(edition, out var fault);
        Assert.Null(fault);
        return Claim(payload!, key: key, unknown: unknown);
    }

    private static EditionClaim Claim(
        byte[] payload, string kind = "part_edition_published", PublicKey? key = null, bool unknown = false)
    {
        var header = Header(payload, kind);
        return EditionClaim.OfWire(
            new Event(header, new Payload(new byte[16], payload)), Signer.Sign(Batch.SignedBytes(header)),
            unknown ? null : key ?? Signer.PublicKey, new FakeVerifier())!;
    }

    private static EventHeader Header(byte[] payload, string kind = "part_edition_published") =>
        EventHeader.Write(new EventFields
        {
            Kind = new Kind(kind),
            Group = EditionWorld.Group,
            Chain = EditionWorld.Chain(0),
            Seq = 9,
            Prev = new EventId(Hash256.Sha256("prev"u8)),
            Hlc = new Hlc(9),
            PayloadLength = payload.Length,
            PayloadHash = new Payload(new byte[16], payload).Hash(),
        });

    private EditionClaim Know(EditionClaim claim)
    {
        _known[claim.Id] = EditionGates.Read(claim, out _)!;
        return claim;
    }

    private EditionClaim Hold(PartEdition edition)
    {
        var claim = Know(Claim(edition));
        _held = new HeldEdition(edition.Seq, claim.Id, new Hash256(Convert.FromHexString(edition.StateRoot)));
        return claim;
    }

    private EditionStanding Standing() => new(
        EditionWorld.Group, "intro-markers", EditionRing.Friends, n => n == EditionWorld.Node(0), _held, _known,
        490_001, _pin);

    private EditionVerdict Check(EditionClaim claim, EditionStanding? standing = null)
    {
        var edition = EditionGates.Read(claim, out _);
        Assert.NotNull(edition);
        return EditionGates.Check(claim, edition, standing ?? Standing());
    }

    private static void AssertRefused(string code, EditionVerdict verdict) =>
        Assert.Equal(code, Assert.IsType<EditionVerdict.Refuse>(verdict).Code);

    private static void AssertSuspicious(string code, EditionVerdict verdict) =>
        Assert.Equal(code, Assert.IsType<EditionVerdict.Quarantine>(verdict).Code);
}
