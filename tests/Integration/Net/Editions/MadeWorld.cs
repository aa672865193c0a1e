using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>A household that publishes editions, and what a friend knows of them.</summary>
internal sealed class MadeWorld(string directory)
{
    // The first of January 2026, a Thursday: five weeks of one month follow.
    private const long FirstHour = 490_896;
    private const long HoursAWeek = 168;

    private readonly FakeSigner _signer = new(1);

    public EditionWorld World { get; } = new EditionWorld(7).Live(200);

    public PartEditionFiles Files { get; } = new(directory);

    public Dictionary<EventId, PartEdition> Known { get; } = [];

    public HeldEdition? Held { get; set; }

    public List<(EditionClaim Claim, MadeEdition Made)> Published { get; } = [];

    public IReadOnlyList<byte[]> RowsBefore { get; private set; } = [];

    public EditionStanding Standing => new(
        EditionWorld.Group, "intro-markers", EditionRing.Friends, n => n == EditionWorld.Node(0), Held, Known,
        FirstHour + HoursAWeek * Published.Count, null);

    /// <summary>Makes the next edition of all that was observed, a week later; null where nothing changed.</summary>
    public (EditionClaim Claim, MadeEdition Made)? Publish(IReadOnlyList<PartCut>? cut = null)
    {
        cut ??= World.Cut;
        var rows = EditionRows.Fleet("intro-markers", cut, World.Sources);
        EditionBefore? before = Published is [.., var (claim, last)]
            ? new(
                claim.Id, last.Manifest, () => EditionWorld.Lines(RowsBefore),
                Published.Last(p => p.Made.Manifest.Kind == EditionKind.Full).Made.Manifest.Week)
            : null;
        var order = new EditionOrder(
            "intro-markers", EditionWorld.Group, EditionRing.Friends, EditionWorld.Node(0), cut, 1, 1,
            FirstHour + HoursAWeek * Published.Count, before);
        if (new EditionMaker(Files).Make(order, rows, out _) is not { } made) return null;
        RowsBefore = rows;
        Published.Add((Claim(made.Payload), made));
        return Published[^1];
    }

    public EditionClaim Claim(byte[] payload)
    {
        var header = EventHeader.Write(new EventFields
        {
            Kind = NetApp.PartEditionPublished,
            Group = EditionWorld.Group,
            Chain = EditionWorld.Chain(0),
            Seq = 1_000 + Published.Count,
            Prev = new EventId(Hash256.Sha256("prev"u8)),
            Hlc = new Hlc(1_000),
            PayloadLength = payload.Length,
            PayloadHash = new Payload(new byte[16], payload).Hash(),
        });
        return EditionClaim.OfWire(
            new Event(header, new Payload(new byte[16], payload)), _signer.Sign(Batch.SignedBytes(header)),
            _signer.PublicKey, new FakeVerifier())!;
    }

    public EditionVerdict Check(
        (EditionClaim Claim, MadeEdition Made) edition, IEnumerable<byte[]> held, out CheckedPartEdition? passed)
    {
        Known[edition.Claim.Id] = edition.Made.Manifest;
        passed = EditionGatekeeper.Check(
            edition.Claim, Standing, edition.Made.File.Torrent.Bare(), edition.Made.File.Path,
            () => EditionWorld.Lines(held), out var verdict);
        return verdict;
    }
}
