using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class TwoNodesTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _group = await _a.Found("cats");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task What_either_writes_reaches_the_other()
    {
        await _a.Say(_group, 700);
        Assert.Equal(_group, await _b.Join(_a, "cats"));
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group, 3);
        await _a.Say(_group, 2);
        await Eventually.True(() => _a.SeqOf(_group, _b) == 4, "B's posts are not on A.", _a, _b);
        await Eventually.InStep(_group, _a, _b);
        await Eventually.True(() => _a.Mesh.View() is { InStep: 1, Total: 1 }, "A does not say so.", _a);
        Assert.Equal("In step with 1 of 1 peer.", _a.Mesh.View().Verdict);
    }

    [Fact]
    public async Task A_chain_reaches_a_third_node_while_its_origin_is_gone()
    {
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group, 5);
        await Eventually.InStep(_group, _a, _b);
        await _b.Stop();
        await using var c = await LiveNode.Start();
        await c.Join(_a, "cats");
        await Eventually.True(() => c.Writer.Durable(_group).Count == 2, "No relay.", _a, c);
        await _b.Restart();
        await Eventually.InStep(_group, _a, _b, c);
        // B and C learn of each other from A, and go on without it.
        await Eventually.True(
            () => c.Mesh.View().Total == 2 && _b.Mesh.View().Total == 2, "Not introduced.", _a, _b, c);
        await _a.Stop();
        await _b.Say(_group);
        await Eventually.InStep(_group, _b, c);
    }

    [Fact]
    public async Task Both_write_apart_and_agree_after_a_restart()
    {
        await _b.Join(_a, "cats");
        await _a.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        await _b.Stop();
        await _a.Say(_group, 10);
        await _b.Restart();
        await _b.Say(_group, 10);
        await Eventually.InStep(_group, _a, _b);
    }

    [Fact]
    public async Task A_token_without_membership_gets_404()
    {
        var token = await _a.TokenFor(_b.Id);
        foreach (var path in new[] { "status", "events?want=" + _a.Writer.OwnChain + ".0" })
            Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, $"groups/{_group}/{path}", token));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Post, $"groups/{_group}/events", token, []));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Post, $"groups/{_group}/leave", token, []));
    }

    [Fact]
    public async Task Foreign_revoked_and_missing_tokens_get_the_same_404()
    {
        await _b.Join(_a, "cats");
        var tokens = _a.Get<TokenBook>();
        var token = await _a.TokenFor(_b.Id);
        var path = $"groups/{_group}/status";
        Assert.Equal(HttpStatusCode.OK, await Ask(HttpMethod.Get, path, token));
        await tokens.RevokeAsync(_b.Id, TestContext.Current.CancellationToken);
        var foreign = await _b.TokenFor(_a.Id);
        foreach (var wrong in new[] { token, foreign, "", "x", null })
            Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, path, wrong));
    }

    [Fact]
    public async Task A_handshake_without_the_key_changes_nothing()
    {
        var (invite, _) = await _a.Mesh.InviteAsync("cats", TestContext.Current.CancellationToken);
        var text = InviteText.TryParse(invite!.Text, out _)!;
        var own = _b.Get<NodeKey>();
        var hello = new HelloMessage(
            _b.Id.ToString(),
            own.Statements,
            Base64UrlText.Encode(new byte[32]),
            [1],
            Base64UrlText.Encode(Handshake.Addressee(_a.Id, default).ToArray()),
            Base64UrlText.Encode(text.Id.Span));
        using var http = new PeerHttp(new SocketsHttpHandler());
        var at = new Uri(_a.Address, "/sync/v1/handshake");
        var challenge = await http.ExchangeAsync(
            PeerHttp.Post(at, hello, SyncJson.Default.HandshakeMessage),
            null,
            SyncJson.Default.ChallengeMessage,
            TestContext.Current.CancellationToken);
        // Everything right but the signature: this caller read B's invite and does not hold B's key.
        Assert.True(Base64UrlText.TryDecode(challenge.Nonce, out Hash256 nonce));
        var handshake = new Handshake(
            new HandshakeSide(_b.Id, own.PublicKey, default),
            new HandshakeSide(_a.Id, _a.Get<NodeKey>().PublicKey, nonce),
            [1],
            1);
        var proof = new ProofMessage(
            challenge.Session,
            Base64UrlText.Encode(new byte[64]),
            Base64UrlText.Encode(new byte[32]),
            _b.Address.GetLeftPart(UriPartial.Authority),
            [],
            new InviteProof(
                Base64UrlText.Encode(text.Id.Span),
                Base64UrlText.Encode(handshake.InviteMac(text.Secret.Span))));
        var before = _a.Writer.Durable(_group).Digest();
        var refused = await Assert.ThrowsAsync<PeerException>(() => http.ExchangeAsync(
            PeerHttp.Post(at, proof, SyncJson.Default.HandshakeMessage),
            null,
            SyncJson.Default.WelcomeMessage,
            TestContext.Current.CancellationToken));
        Assert.Equal(("not_found", Failure.NotFound), (refused.Code, refused.Failure));
        Assert.Equal(before, _a.Writer.Durable(_group).Digest());
        Assert.Empty(_a.Get<PeerBook>().All);
        Assert.Null((await _b.Mesh.JoinAsync(invite.Text, null, TestContext.Current.CancellationToken)).Problem);
    }

    [Fact]
    public async Task A_heartbeat_names_only_shared_groups()
    {
        var token = await Member();
        var secret = await _a.Found("secret");
        await using var c = await LiveNode.Start();
        await c.Join(_a, "secret");
        await Eventually.InStep(secret, _a, c);
        var beat = new HeartbeatMessage(_b.Id.ToString(), 0, [], [], []);
        using var http = new PeerHttp(new SocketsHttpHandler());
        var reply = await http.ExchangeAsync(
            PeerHttp.Post(new Uri(_a.Address, "/sync/v1/heartbeat"), beat, SyncJson.Default.HeartbeatMessage),
            token,
            SyncJson.Default.HeartbeatMessage,
            TestContext.Current.CancellationToken);
        Assert.Equal([_group.ToString()], reply.Groups.Select(g => g.Id));
    }

    [Fact]
    public async Task An_invite_serves_one_node()
    {
        var (invite, _) = await _a.Mesh.InviteAsync("cats", TestContext.Current.CancellationToken);
        Assert.Null((await _b.Mesh.JoinAsync(invite!.Text, null, TestContext.Current.CancellationToken)).Problem);
        await using var c = await LiveNode.Start();
        Assert.Equal("invite_used", await Refused(c, invite.Text));
        Assert.False(_a.Writer.IsMember(_group, c.Id));
        Assert.Equal("own_invite", await Refused(_a, invite.Text));
        Assert.Equal("not_an_invite", await Refused(c, "hello"));
        Assert.Equal("invite_damaged", await Refused(c, invite.Text[..^1]));
        var text = InviteText.TryParse(invite.Text, out _)!;
        var wrongSecret = new InviteText(text.Endpoint, text.Issuer, text.Group, text.Id.Span, new byte[32]);
        Assert.Equal("invite_unknown", await Refused(c, wrongSecret.Write()));
        var wrongNode = new InviteText(text.Endpoint, _b.Id, text.Group, text.Id.Span, text.Secret.Span);
        // A node that is asked for another does not even say that it is none.
        Assert.Equal("invite_unknown", await Refused(c, wrongNode.Write()));
        await _a.Stop();
        Assert.Equal("peer_unreachable", await Refused(c, invite.Text));
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("ANE1", HttpStatusCode.BadRequest)]
    [InlineData("ANE1\u007f\u007f\u007f\u007f", HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_that_is_none_is_refused(string body, HttpStatusCode expected)
    {
        var token = await Member();
        Assert.Equal(expected, await Ask(
            HttpMethod.Post, $"groups/{_group}/events", token, Encoding.Latin1.GetBytes(body)));
        Assert.Equal(HttpStatusCode.OK, await Ask(HttpMethod.Get, $"groups/{_group}/status", token));
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_early()
    {
        var token = await Member();
        using var bomb = new MemoryStream();
        var zeros = new byte[1024 * 1024];
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var i = 0; i < 256; i++) await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Ask(
            HttpMethod.Post, $"groups/{_group}/events", token, bomb.ToArray(), "gzip"));
    }

    [Theory]
    [InlineData("limit=-2")]
    [InlineData("want=x")]
    [InlineData("want=CHAIN.-2")]
    [InlineData("want=CHAIN.0&events=-2")]
    [InlineData("want=CHAIN.0&bytes=1e9")]
    [InlineData("want=CHAIN.0&only=CHAIN.1")]
    [InlineData("want=CHAIN.0&events=1&events=2")]
    [InlineData("")]
    public async Task A_query_that_is_none_is_refused(string query) => Assert.Equal(
        HttpStatusCode.BadRequest,
        await Ask(
            HttpMethod.Get,
            $"groups/{_group}/events?{query.Replace("CHAIN", _a.Writer.OwnChain.ToString())}",
            await Member()));

    [Fact]
    public async Task Flipping_any_byte_of_a_pushed_batch_accepts_nothing()
    {
        var token = await Member();
        await _a.Say(_group);
        var own = _a.Writer.OwnChain;
        var batch = _a.Get<IEventReader>().Read(_group, own, 0, 512, 1 << 20)!;
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, output);
        var before = _a.Writer.Durable(_group).Digest();
        for (var i = 0; i < output.WrittenCount; i += 7)
        {
            var changed = output.WrittenSpan.ToArray();
            changed[i] ^= 1;
            await Ask(HttpMethod.Post, $"groups/{_group}/events", token, changed);
        }

        Assert.Equal(before, _a.Writer.Durable(_group).Digest());
        Assert.Empty(_a.Writer.Forks(_group));
    }

    private static async Task<string?> Refused(LiveNode node, string invite) =>
        (await node.Mesh.JoinAsync(invite, null, TestContext.Current.CancellationToken)).Problem?.Code;

    /// <summary>B as a member, and a token for it.</summary>
    private async Task<string> Member()
    {
        await _b.Join(_a, "cats");
        return await _a.TokenFor(_b.Id);
    }

    private async Task<HttpStatusCode> Ask(
        HttpMethod method, string path, string? token, byte[]? body = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_a.Address, "/sync/v1/" + path));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.anarchive.events");
            if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
