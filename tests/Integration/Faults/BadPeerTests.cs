using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a peer may send and a node must refuse: a documented code, and nothing changed.</summary>
public sealed class BadPeerTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string Events = "application/vnd.anarchive.events";

    private readonly HttpClient _http = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;
    private string _token = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(_time), await LiveNode.Start());
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        _token = await _a.TokenFor(_b.Id);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"step":"hello"}""")]
    [InlineData("""{"step":"hullo"}""")]
    [InlineData("""{"step":"hello","instance_id":1,"keys":[],"nonce":"","versions":[1]}""")]
    [InlineData("""{"step":"hello","instance_id":"an1","keys":[],"nonce":"","versions":["1"]}""")]
    [InlineData("""{"step":"hello","instance_id":"an1","instance_id":"an1","keys":[],"nonce":"","versions":[1]}""")]
    [InlineData("""{"step":"hello","instance_id":"an1","keys":[],"nonce":"","versions":[1],"more":1}""")]
    [InlineData("""{"step":"hello","instance_id":"an1","keys":null,"nonce":"","versions":[1]}""")]
    [InlineData("""{"step":"proof","session":"x","signature":"x","token":"x","endpoint":"x","groups":[""")]
    public async Task A_handshake_of_another_form_gets_no_answer(string body) =>
        await Refuses("handshake", Json, Encoding.UTF8.GetBytes(body), HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"instance_id":"SELF","time_ms":1,"groups":[],"known_peers":[],"forks":[""")]
    [InlineData("""{"instance_id":"SELF","time_ms":"1","groups":[],"known_peers":[],"forks":[]}""")]
    [InlineData("""{"instance_id":"SELF","time_ms":1,"time_ms":2,"groups":[],"known_peers":[],"forks":[]}""")]
    [InlineData("""{"instance_id":"SELF","time_ms":1,"groups":[],"known_peers":[],"forks":[],"more":[]}""")]
    [InlineData("""{"instance_id":"SELF","time_ms":1,"groups":[{"id":"x"}],"known_peers":[],"forks":[]}""")]
    [InlineData("""{"instance_id":"SELF","time_ms":1,"groups":[],"known_peers":[null],"forks":[null]}""")]
    public async Task A_heartbeat_of_another_form_is_malformed(string body) => await Refuses(
        "heartbeat",
        Json,
        Encoding.UTF8.GetBytes(body.Replace("SELF", _b.Id.ToString())),
        HttpStatusCode.BadRequest,
        "malformed");

    [Theory]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[null]")]
    [InlineData("""[{"events":[],"signature":""}]""")]
    [InlineData("""[{"events":[{"header":"","salt":null,"payload":null}],"signature":""}]""")]
    [InlineData("""[{"events":[{"header":"AQ","salt":1,"payload":null}],"signature":""}]""")]
    [InlineData("""[{"events":[],"events":[],"signature":""}]""")]
    [InlineData("""[{"events":[""")]
    public async Task Events_in_json_of_another_form_are_malformed(string body) =>
        await Refuses(Push, Json, Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest, "malformed");

    [Theory]
    [InlineData("heartbeat", Json, SyncMessageBytes + 1)]
    [InlineData("events", Json, Limits.BodyBytesMax + 1)]
    [InlineData("events", Events, Limits.BodyBytesMax + 1)]
    public async Task An_oversized_body_is_too_large(string where, string type, int bytes) => await Refuses(
        where == "events" ? Push : where, type, new byte[bytes], HttpStatusCode.RequestEntityTooLarge, "too_large");

    [Fact]
    public async Task Too_much_of_one_origin_is_refused_for_a_while()
    {
        var run = await UnsentBatch();
        var batch = Frame(run);
        _a.Get<Quotas>().TakeOrigin(run.Chain.Origin, 100_000_000, 0);
        var before = Look();
        var (status, text) = await Ask(HttpMethod.Post, Push, _token, Events, batch);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"rate_limited\"", text);
        Assert.Contains("anarchive_replication_refused_total{code=\"rate_limited\"} 1\n", Figures());
        Assert.Equal(before, Look());
        _time.Pass(TimeSpan.FromHours(4));
        await Accepts(batch);
    }

    [Fact]
    public async Task A_body_that_comes_too_soon_is_not_even_read()
    {
        _a.Get<Quotas>().ChargeRefusals(_b.Id, 1_000);
        await Refuses(Push, Events, new byte[100], HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.Contains("anarchive_replication_throttled_total 1\n", Figures());
        _time.Pass(TimeSpan.FromHours(1));
        await Refuses(Push, Events, new byte[100], HttpStatusCode.BadRequest, "malformed");
    }

    private string Figures() => _a.Get<PrometheusText>().Write();

    [Fact]
    public async Task A_truncated_batch_is_malformed()
    {
        var whole = Frame(await UnsentBatch());
        for (var length = 1; length < whole.Length; length += 3)
        {
            _time.Pass(TimeSpan.FromSeconds(2));
            await Refuses(Push, Events, whole[..length], HttpStatusCode.BadRequest, "malformed");
        }

        await Accepts(whole);
    }

    [Fact]
    public async Task A_byte_flipped_anywhere_in_a_batch_is_refused_and_the_batch_itself_accepted()
    {
        var whole = Frame(await UnsentBatch());
        var before = Look();
        var random = new Random(1);
        for (var at = 0; at < whole.Length; at++)
        {
            // A refusal costs quota: without new quota the next one would be refused for that alone.
            _time.Pass(TimeSpan.FromSeconds(2));
            var changed = whole.ToArray();
            changed[at] ^= (byte)(1 << random.Next(8));
            var (status, text) = await Ask(HttpMethod.Post, Push, _token, Events, changed);
            Assert.True(IsRefusal(status, text), $"Byte {at}: {status} {text}");
            Assert.Equal(before, Look());
        }

        await Accepts(whole);
    }

    [Fact]
    public async Task Wrong_and_lapsed_invites_are_told_apart_and_admit_nobody()
    {
        await using var c = await LiveNode.Start();
        var (invite, _) = await _a.Mesh.InviteAsync("cats", Cancellation);
        var before = Look();
        _time.SetAhead(TimeSpan.FromDays(8));
        var lapsed = await c.Mesh.JoinAsync(invite!.Text, null, Cancellation);
        Assert.Equal(("invite_lapsed", 409), (lapsed.Problem!.Code, lapsed.Problem.Status));
        Assert.EndsWith(".", lapsed.Problem.Sentence);
        Assert.Equal(before, Look());
        Assert.False(_a.Writer.IsMember(_group, c.Id));
        Assert.Empty(c.Writer.Groups());
    }

    [Theory]
    [InlineData("status")]
    [InlineData("events?want=CHAIN.0")]
    public async Task A_group_that_is_not_here_gets_404(string what)
    {
        var path = what.Replace("CHAIN", _a.Writer.OwnChain.ToString());
        var elsewhere = await _b.Found("dogs");
        foreach (var group in new[] { elsewhere.ToString(), "ag1", "..", "x" })
        {
            var (status, text) = await Ask(HttpMethod.Get, $"groups/{group}/{path}", _token);
            Assert.Equal(HttpStatusCode.NotFound, status);
            if (group.Length > 2) Assert.Equal("not_found", Code(text));
        }
    }

    [Fact]
    public async Task A_node_whose_clock_stands_at_2100_stalls_only_its_own_chain()
    {
        var years = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) - DateTimeOffset.UtcNow;
        await using var late = await LiveNode.Start(new ShiftedTime(years));
        await late.Join(_a, "cats");
        await Eventually.True(() => late.Writer.Durable(_group).Count == 2, "No backfill.", _a, late);
        await late.Say(_group, 3);
        await Eventually.True(() => _a.Writer.Parked(_group) == 4, "Not parked.", _a, late);
        await _a.Say(_group);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        Assert.Equal(0, _a.SeqOf(_group, late));
        // No clock of an honest node has followed it.
        var reader = _a.Get<IEventReader>();
        var own = reader.Find(_group, new Position(_a.Writer.OwnChain, _a.SeqOf(_group, _a)))!;
        Assert.InRange(own.Header.Hlc.UnixMs, 0, _time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
    }

    private const int SyncMessageBytes = 1024 * 1024;

    private string Push => $"groups/{_group}/events";

    /// <summary>A run of B that A has not seen; B is stopped then, so that it will not send it.</summary>
    private async Task<Batch> UnsentBatch()
    {
        var held = _b.SeqOf(_group, _b);
        var own = _b.Writer.OwnChain;
        await _a.Stop();
        await _b.Say(_group, 3);
        var batch = _b.Get<IEventReader>().Read(_group, own, held, 512, 1 << 20)!;
        await _b.Stop();
        await _a.Restart();
        return batch;
    }

    private async Task Accepts(byte[] frame)
    {
        var before = Look();
        _time.Pass(TimeSpan.FromSeconds(2));
        var (status, text) = await Ask(HttpMethod.Post, Push, _token, Events, frame);
        Assert.True(status == HttpStatusCode.OK && !IsRefusal(status, text), $"{status} {text}");
        Assert.NotEqual(before, Look());
    }

    private async Task Refuses(string path, string type, byte[] body, HttpStatusCode expected, string code)
    {
        var before = Look();
        var (status, text) = await Ask(HttpMethod.Post, path, _token, type, body);
        Assert.Equal((expected, code), (status, Code(text)));
        Assert.Equal(before, Look());
    }

    /// <summary>What nothing bad may change.</summary>
    private (Hash256 Vector, Hash256 State, int Parked, int Forks, int Peers) Look() => (
        _a.Writer.Durable(_group).Digest(),
        _a.Get<HiveQueries>().StateDigest(_group),
        _a.Writer.Parked(_group),
        _a.Writer.Forks(_group).Count,
        _a.Get<PeerBook>().All.Count);

    private static bool IsRefusal(HttpStatusCode status, string text) => status == HttpStatusCode.OK
        ? JsonDocument.Parse(text).RootElement.GetProperty("refused").GetArrayLength() > 0
        : status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge && Code(text).Length > 0;

    private static string Code(string text) =>
        JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("code").GetString()!;

    private static byte[] Frame(Batch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, output);
        return output.WrittenSpan.ToArray();
    }

    private async Task<(HttpStatusCode Status, string Text)> Ask(
        HttpMethod method, string path, string token, string? type = null, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_a.Address, "/sync/v1/" + path));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type!);
            // A refusal may come before the body is read, and the connection then closes.
            request.Headers.ExpectContinue = true;
        }

        using var response = await _http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
