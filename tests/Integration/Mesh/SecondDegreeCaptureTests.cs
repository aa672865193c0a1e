using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A, its friend B, and B's friend C, each on a machine of its own: of A nothing passes C's network, by whatever route.
/// </summary>
/// <remarks>
/// Nodes on different machines speak TLS, which a capture would show as noise. Here each takes the others for
/// processes of its own machine: relays carry the connections over the network in plain, so that what is looked for can
/// be found.
/// </remarks>
[Collection(nameof(KilledNodeTests))]
public sealed class SecondDegreeCaptureTests : IAsyncLifetime
{
    private const int FirstPort = 7_401;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private static readonly string[] Parts = ["grouping", "intro-markers", "peers-hints", "quality"];

    private readonly TemporaryDirectory _media = new();
    private readonly List<LinkRelay> _relays = [];
    private NetworkLab? _lab;
    private Capture? _capture;

    private LabNode A => _lab!.Nodes[0];

    private LabNode B => _lab!.Nodes[1];

    private LabNode C => _lab!.Nodes[2];

    public async ValueTask InitializeAsync()
    {
        Capture.Need();
        await MediaPrograms.NeedFfmpeg();
        _lab = await NetworkLab.Start(3);
        for (var n = 0; n < 3; n++)
        {
            var own = n;
            _relays.Add(await LinkRelay.Start(
                _lab.Nodes[n].Space,
                [
                    (Address(own), Loopback(own)),
                    .. Enumerable.Range(0, 3).Where(other => other != own).Select(o => (Loopback(o), Address(o))),
                ]));
        }

        _capture = await Capture.Start(C.Space, _media.At("c.pcap"));
        for (var n = 0; n < 3; n++) await _lab.Nodes[n].StartOnLoopback(FirstPort + n);

        static string Loopback(int n) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FirstPort + n}");
        static string Address(int n) => string.Create(CultureInfo.InvariantCulture, $"11.77.0.{n + 1}:{FirstPort + n}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_capture is { } capture) await capture.DisposeAsync();
        if (_lab is { } lab) await lab.DisposeAsync();
        foreach (var relay in _relays) await relay.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task Nothing_of_a_friends_friend_is_in_the_packets()
    {
        await Pair(A, B);
        await Pair(B, C);
        foreach (var node in new[] { B, C })
            foreach (var part in Parts) await node.Done("net", "subscribe", part);

        // A and B have one file in common, and A another that only A speaks of.
        var (common, alone) = (await Film("common.mkv", 300), await Film("alone.mkv", 400));
        foreach (var node in new[] { A, B }) await node.Done("net", "folder", "add", _media.Root);
        foreach (var (node, file) in new[] { (A, common), (A, alone), (B, common) })
            await node.Done("net", "observe", file, "--type", "intro", "--start", "0:02", "--end", "0:14");
        var ofA = await Publish(A);
        await Until(async () => await Holds(B, ofA), "B has not taken A's edition over.");
        var ofB = await Publish(B);
        await Until(async () => await Holds(C, ofB), "C has not taken B's edition over.");
        var (commonKey, aloneKey) = (await Key(common), await Key(alone));
        Assert.Equal(2, await Known(B, commonKey));
        Assert.Equal(1, await Known(B, aloneKey));
        Assert.Equal(1, await Known(C, commonKey));
        Assert.Equal(0, await Known(C, aloneKey));

        foreach (var node in _lab!.Nodes) await node.Stop();
        var passed = await _capture!.Stop();
        // B's, to know that such things can be found.
        Assert.True(NodeId.TryParse(B.Id, out var b));
        Assert.True(NodeId.TryParse(A.Id, out var a));
        Assert.True(Finds(passed, Encoding.UTF8.GetBytes(commonKey)), "B's word on its file is not in the capture.");
        Assert.True(Forms(b.Value, B.Id).Any(form => Finds(passed, form)), "B's id is not in the capture.");
        Assert.All(NamesOf(ofB), forms => Assert.Contains(forms, form => Finds(passed, form)));

        Assert.DoesNotContain(Forms(a.Value, A.Id), form => Finds(passed, form));
        Assert.All(NamesOf(ofA), forms => Assert.DoesNotContain(forms, form => Finds(passed, form)));
        Assert.False(Finds(passed, Encoding.UTF8.GetBytes(aloneKey)), "A's key passed C's network.");
        Assert.False(Finds(passed, Convert.FromHexString(aloneKey.Split(':')[1])), "A's hash passed C's network.");
    }

    private static bool Finds(IReadOnlyList<byte[]> passed, byte[] what) =>
        passed.Any(bytes => bytes.AsSpan().IndexOf(what) >= 0);

    /// <summary>As bytes, in both alphabets of base 64, in hexadecimal digits, and as nodes spell it.</summary>
    private static IEnumerable<byte[]> Forms(ReadOnlySpan<byte> value, string spelt) =>
    [
        value.ToArray(), .. new[]
        {
            spelt, spelt[3..], Convert.ToHexString(value), Convert.ToHexStringLower(value),
            Convert.ToBase64String(value).TrimEnd('='), Base64Url.EncodeToString(value),
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static IEnumerable<byte[]> Forms(Hash256 value, string spelt) => Forms(value.ToArray(), spelt);

    /// <summary>Its group, its info hash and the root over its rows, each in every form.</summary>
    private static IEnumerable<byte[]>[] NamesOf(JsonObject edition)
    {
        var (group, ih, root) = (Text("group"), Text("infohash"), Text("stateRoot"));
        Assert.True(GroupId.TryParse(group, out var id));
        return
        [
            Forms(id.Value, group), Forms(Convert.FromHexString(ih), "ih:" + ih),
            Forms(Convert.FromHexString(root), "sr:" + root),
        ];

        string Text(string name) => (string)edition[name]!;
    }

    private static async Task<JsonObject> Publish(LabNode node) =>
        (JsonObject)(await node.Done("net", "publish", "intro-markers", "--yes"))["edition"]!;

    private static async Task<bool> Holds(LabNode node, JsonObject edition) =>
        ((JsonArray)(await node.Ask("net", "editions"))["editions"]!).Any(e =>
            (bool)e!["held"]! && (string?)e["group"] == (string?)edition["group"]
            && (string?)e["stateRoot"] == (string?)edition["stateRoot"]);

    private static async Task<int> Known(LabNode node, string key) =>
        ((JsonArray)(await node.Done("net", "explain", key))["records"]!).Count;

    private static async Task<string> Key(string file) =>
        (await MediaFile.OshKeyAsync(file, TestContext.Current.CancellationToken))!;

    private static async Task Pair(LabNode issuer, LabNode asker)
    {
        var offer = await issuer.Done("invite", "--friend", "--no-wait");
        var call = await asker.Done("join", (string)offer["text"]!, "--no-wait");
        await issuer.Done("pair", "accept", (string)offer["id"]!);
        await asker.Done("pair", "accept", (string)call["id"]!);
        await Until(
            async () => ((JsonArray)(await asker.Done("pair", "list"))["asked"]!)
                .Any(c => (string?)c!["id"] == (string?)call["id"] && (string?)c["state"] == "accepted"),
            "Not paired.");
    }

    private async Task<string> Film(string name, int pitch)
    {
        var source = string.Create(CultureInfo.InvariantCulture, $"sine=f={pitch}:d=20");
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", source, "-c:a", "pcm_s16le",
            _media.At(name));
        return _media.At(name);
    }

    private static async Task Until(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Deadline, what);
    }
}
