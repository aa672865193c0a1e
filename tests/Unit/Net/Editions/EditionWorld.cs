using System.Globalization;
using System.Text;
using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Tests;

/// <summary>A household's devices and what they observed, made from a seed.</summary>
internal sealed class EditionWorld
{
    public const string Osh = "osh:8e245d9679d31e12:734003200";

    private readonly Dictionary<ChainId, long> _ends = [];
    private readonly Random _random;

    public EditionWorld(int seed = 1) => _random = new Random(seed);

    public static GroupId Group { get; } = new(Hash256.Sha256("group"u8));

    public List<PartEvent> Sources { get; } = [];

    /// <summary>As of all that was observed.</summary>
    public IReadOnlyList<PartCut> Cut =>
    [
        .. _ends.OrderBy(e => e.Key).Select(e => new PartCut(
            e.Key.Origin.ToString(), e.Key.Incarnation.ToString(), e.Value,
            IdOf(e.Key, e.Value).ToString())),
    ];

    public static ChainId Chain(int device, ulong incarnation = 1) => new(Node(device), new Incarnation(incarnation));

    public static NodeId Node(int device) => new(Hash256.Sha256(BitConverter.GetBytes(device)));

    public static byte[] Marker(
        string method = "chromaprint", long start = 67_700, string key = Osh, string tool = "anarchive") => Utf8(
        $$"""
        {"part":"intro-markers","v":1,"key":["{{key}}"],"method":"{{method}}","tool":"{{tool}}","conf":92,
        "at":498000,"type":"intro","n":0,"start_ms":{{start}},"end_ms":158200,"duration_ms":1420100}
        """);

    public static byte[] Theme() => Utf8(
        $$"""
        {"part":"intro-markers","v":1,"key":["thm:0123456789abcdef0123456789abcdef"],"method":"chromaprint",
        "tool":"anarchive","conf":92,"at":498000,"season":"a1","type":"intro",
        "points":"{{Convert.ToBase64String(new byte[320])}}","algo":1,"hop_us":123810,"length_ms":45000}
        """);

    public static byte[] Retraction(string part = "intro-markers") => Utf8($$"""{"part":"{{part}}","v":1}""");

    public PartEvent Add(
        byte[] payload, string kind = "marker_observed", int device = 0, ulong hlc = 0, EventRef? target = null)
    {
        var chain = Chain(device);
        var seq = _ends[chain] = _ends.GetValueOrDefault(chain, 1) + 1;
        var source = new PartEvent(
            new Kind(kind), payload, chain, seq, IdOf(chain, seq), new Hlc(hlc == 0 ? (ulong)seq : hlc), target);
        Sources.Add(source);
        return source;
    }

    public PartEvent Retract(PartEvent target, int device = 0) => Add(
        Retraction(), "observation_retracted", device,
        target: new EventRef(target.Chain, target.Seq, target.Id.Prefix));

    /// <summary>Markers, themes, imports and retractions by three devices.</summary>
    public EditionWorld Live(int events)
    {
        for (var i = 0; i < events; i++)
        {
            var device = _random.Next(3);
            var hlc = (ulong)_random.Next(1, 1_000);
            switch (_random.Next(8))
            {
                case 0:
                    Add(Theme(), "theme_observed", device, hlc);
                    break;
                case 1:
                    Add(Marker("import"), device: device, hlc: hlc);
                    break;
                case 2 or 3 when Sources.Count > 0:
                    Retract(Sources[_random.Next(Sources.Count)], device);
                    break;
                default:
                    Add(Marker(start: 100 * _random.Next(10, 700)), device: device, hlc: hlc);
                    break;
            }
        }

        return this;
    }

    public IReadOnlyList<byte[]> Rows() => EditionRows.Fleet("intro-markers", Cut, Sources);

    public IReadOnlyList<string> Texts() => [.. Rows().Select(r => Encoding.UTF8.GetString(r))];

    public IEnumerable<PartEvent> Shuffled()
    {
        var copy = Sources.Concat(Sources.Take(3)).ToArray();
        _random.Shuffle(copy);
        return copy;
    }

    /// <summary>A sound manifest of friends.</summary>
    public static PartEdition Manifest(long seq = 1, string? prev = null, params PartCut[] cut)
    {
        const string Sha = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        var end = new PartCut(Node(0).ToString(), "0000000000000001", 9, Sha);
        var number = seq.ToString(CultureInfo.InvariantCulture);
        return new PartEdition(
            1, "intro-markers", Group.ToString(), EditionRing.Friends, SwarmIsolation.F2fOnly, 1, 1, "own-fleet/1", seq,
            "2026-W07", seq == 1 ? null : prev ?? Sha, Node(0).ToString(), 490_000, 492_000,
            cut.Length > 0 ? cut : [end], Sha, EditionSchema.Of("intro-markers", EditionRing.Friends), EditionKind.Full,
            null,
            new EditionBlob(
                $"intro-markers-{number}-0011223344556677.jsonl.br", 700, 4_000, 20, "br", Sha, Sha[..40], 262_144,
                Sha),
            "CC0-1.0");
    }

    public static PartEdition Totals(string part = "signal") => Manifest() with
    {
        Part = part,
        Ring = EditionRing.Network,
        SwarmIsolation = SwarmIsolation.Open,
        K = 5,
        Sources = 12,
        MergePolicy = "k-anon/1",
        SchemaSha256 = EditionSchema.Of(part, EditionRing.Network),
        File = Manifest().File with { Name = $"{part}-1-0011223344556677.jsonl.br" },
    };

    public static IEnumerable<ReadOnlyMemory<byte>> Lines(IEnumerable<byte[]> rows) =>
        rows.Select(r => (ReadOnlyMemory<byte>)r);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings(""));

    private static EventId IdOf(ChainId chain, long seq) =>
        new(Hash256.Sha256(Encoding.ASCII.GetBytes($"{chain} {seq}")));
}
