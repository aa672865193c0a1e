using System.Buffers.Binary;
using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Boxes of what ffmpeg writes, sound and unsound.</summary>
public sealed class Mp4FragmentsTests
{
    private static readonly byte[] Init =
        [.. Box("ftyp", "isom"u8), .. Box("moov", Track(2, 48_000, "soun"), Track(1, 90_000, "vide"))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fragments_time_is_when_its_first_picture_is_shown()
    {
        byte[] all =
        [
            .. Init, .. Fragment((1, 892_800, 7_200), (2, 7, 0)), .. Fragment((2, 5, 0)), .. Box("mfra", "tail"u8),
        ];
        var seen = await Read(all);
        Assert.Equal([10_000_000, null], seen.Select(f => f.TimeUs));
        Assert.Equal(all.Length - Init.Length - 12, seen.Sum(f => f.Head.Length + f.BodyBytes));
    }

    [Fact]
    public async Task Without_a_picture_the_sound_tells_the_time()
    {
        byte[] all =
        [
            .. Box("moov", Track(2, 48_000, "soun")), .. Fragment((2, 480_000, 0)),
            .. Fragment((2, 480_000 + 1_024, 0)),
        ];
        Assert.Equal([10_000_000, 10_021_333], (await Read(all)).Select(f => f.TimeUs));
    }

    [Fact]
    public async Task A_stream_that_ends_anywhere_is_said_to_be_unreadable_and_nothing_else()
    {
        byte[] all = [.. Init, .. Fragment((1, 892_800, 7_200), (2, 7, 0)), .. Fragment((1, 900_000, 0))];
        int[] whole = [0, Init.Length, Init.Length + Fragment((1, 892_800, 7_200), (2, 7, 0)).Length, all.Length];
        for (var length = 0; length <= all.Length; length++)
        {
            var refused = await Record.ExceptionAsync(() => Read(all[..length]));
            if (whole.Contains(length)) Assert.Null(refused);
            else Assert.Equal("media_unreadable", Assert.IsType<MediaException>(refused).Code);
        }
    }

    [Fact]
    public async Task Bytes_that_were_changed_are_read_or_refused()
    {
        byte[] all = [.. Init, .. Fragment((1, 892_800, 7_200), (2, 7, 0))];
        var random = new Random(11);
        var refusals = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var bent = all.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) bent[random.Next(bent.Length)] = (byte)random.Next(256);
            if (await Record.ExceptionAsync(() => Read(bent)) is not { } refused) continue;
            Assert.Equal("media_unreadable", Assert.IsType<MediaException>(refused).Code);
            refusals++;
        }

        Assert.InRange(refusals, 100, 2_999);
    }

    [Fact]
    public async Task A_box_that_claims_an_impossible_size_takes_no_memory()
    {
        byte[] huge = [0, 0, 0, 1, .. "moov"u8, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.Equal(
            "media_unreadable", (await Assert.ThrowsAsync<MediaException>(() => Read(huge))).Code);
        byte[] body = [.. Init, .. Fragment((1, 0, 0))[..^12], 0x7F, 0xFF, 0xFF, 0xFF, .. "mdat"u8];
        Assert.Equal(
            "media_unreadable", (await Assert.ThrowsAsync<MediaException>(() => Read(body))).Code);
    }

    private static async Task<List<Mp4Fragment>> Read(byte[] bytes)
    {
        var fragments = new Mp4Fragments(new MemoryStream(bytes));
        var seen = new List<Mp4Fragment>();
        if (await fragments.InitAsync(Cancellation) is null) return seen;
        while (await fragments.NextAsync(Cancellation) is { } fragment)
        {
            await fragments.BodyAsync(fragment, null, Cancellation);
            seen.Add(fragment);
        }

        return seen;
    }

    private static byte[] Box(string type, ReadOnlySpan<byte> content)
    {
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(box, 4);
        content.CopyTo(box.AsSpan(8));
        return box;
    }

    private static byte[] Box(string type, params byte[][] parts) =>
        Box(type, (ReadOnlySpan<byte>)parts.SelectMany(p => p).ToArray());

    private static byte[] Track(int id, int timescale, string handler) => Box(
        "trak", Box("tkhd", Number(0), Number(0), Number(0), Number(id)),
        Box("mdia", Box("mdhd", Number(0), Number(0), Number(0), Number(timescale)),
            Box("hdlr", Number(0), Number(0), Encoding.ASCII.GetBytes(handler))));

    /// <summary>Decoding times in eight bytes, and how much later the first sample is shown.</summary>
    private static byte[] Fragment(params (int Track, int Time, int Shown)[] tracks) =>
    [
        .. Box("moof", [.. tracks.Select(t => Box(
            "traf", Box("tfhd", Number(0), Number(t.Track)),
            Box("tfdt", Number(0x0100_0000), Number(0), Number(t.Time)),
            Box("trun", Number(0xA05), Number(1), Number(0), Number(0), Number(9), Number(t.Shown))))]),
        .. Box("mdat", "body"u8),
    ];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
