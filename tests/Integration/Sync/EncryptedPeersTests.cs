using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Peers by way of the encrypted listener, and whoever stands between or outside.</summary>
public sealed class EncryptedPeersTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(peerListen: Listen), await LiveNode.Start(peerListen: Listen));
        _group = await _a.Found("cats");
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task What_either_writes_reaches_the_other_over_pinned_certificates()
    {
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        await _a.Say(_group, 3);
        await _b.Say(_group, 3);
        await Eventually.InStep(_group, _a, _b);
        await Eventually.True(
            () => _a.Get<PeerBook>().Find(_b.Id)?.Identity is not null, "A never called B.", _a, _b);
        Assert.Equal(
            _a.Get<NodeCertificate>().KeyHash, _b.Get<PeerBook>().Find(_a.Id)!.Identity!.Certificate);
        Assert.Equal(
            _b.Get<NodeCertificate>().KeyHash, _a.Get<PeerBook>().Find(_b.Id)!.Identity!.Certificate);
        Assert.All(
            new[] { _a, _b }, n => Assert.All(n.Get<PeerBook>().All, p => Assert.True(p.Endpoint!.IsEncrypted)));
    }

    [Fact]
    public async Task A_token_serves_nobody_without_the_certificate_it_was_given_to()
    {
        await _b.Join(_a, "cats");
        var token = _b.Get<PeerBook>().Find(_a.Id)!.Token!;
        var status = $"/sync/v1/groups/{_group}/status";
        var own = _b.Get<NodeCertificate>().Certificate;
        Assert.Equal(HttpStatusCode.OK, await Ask(_a.PeerAddress, status, token, own));
        using var foreign = Certificate();
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_a.PeerAddress, status, token, foreign));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_a.PeerAddress, status, token, null));
        // Nor on the listener for this machine.
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_a.Address, status, token, null));
    }

    [Fact]
    public async Task A_node_with_a_new_certificate_is_greeted_anew()
    {
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        var before = _a.Get<NodeCertificate>().KeyHash;
        await _a.Stop();
        File.Delete(Path.Combine(_a.Home, "keys", "tls.pem"));
        await _a.Restart();
        Assert.NotEqual(before, _a.Get<NodeCertificate>().KeyHash);
        await _a.Say(_group);
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
    }

    [Fact]
    public async Task A_node_that_cannot_be_called_does_all_the_asking()
    {
        await using var quiet = await LiveNode.Start();
        await quiet.Join(_a, "cats");
        await Eventually.InStep(_group, _a, quiet);
        Assert.Null(_a.Get<PeerBook>().Find(quiet.Id)!.Endpoint);
        await quiet.Say(_group, 3);
        await Eventually.InStep(_group, _a, quiet);
        await Eventually.True(() => _a.Mesh.View() is { InStep: 1, Total: 1 }, "A does not know.", _a);
        // A cannot ask what it holds after a restart, so it has to tell.
        await _a.Restart(stopFirst: true);
        await _a.Say(_group, 3);
        await quiet.Get<PeerLoop>().TryAsync(_a.Id, Cancellation);
        await Eventually.InStep(_group, _a, quiet);
        await quiet.Get<PeerLoop>().TryAsync(_a.Id, Cancellation);
        await Eventually.True(() => _a.Mesh.View() is { InStep: 1, Total: 1 }, "A does not know again.", _a);
    }

    [Fact]
    public async Task Whoever_relays_a_handshake_with_a_certificate_of_his_own_is_found_out()
    {
        var (invite, _) = await _a.Mesh.InviteAsync("cats", Cancellation);
        var text = InviteText.TryParse(invite!.Text, out _)!;
        await using var middle = new Relay(_a.PeerAddress);
        var bent = new InviteText(
            Endpoint.TryParse($"https://127.0.0.1:{middle.Port}")!, text.Issuer, text.Group, text.Id.Span,
            text.Secret.Span);
        var outcome = await _b.Mesh.JoinAsync(bent.Write(), null, Cancellation);
        Assert.Equal("wrong_node", outcome.Problem?.Code);
        Assert.True(middle.Relayed > 0, "Nothing went through the relay.");
        Assert.False(_a.Writer.IsMember(_group, _b.Id));
        Assert.Empty(_b.Get<PeerBook>().All);
        // The invite was not spent on it.
        Assert.Null((await _b.Mesh.JoinAsync(invite.Text, null, Cancellation)).Problem);
    }

    [Fact]
    public async Task A_relay_that_takes_the_place_of_a_peer_is_sent_nothing()
    {
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        var (at, id) = (_a.PeerAddress, _a.Id);
        await _a.Stop();
        await using var middle = new Relay(at, at.Port);
        await _b.Say(_group);
        await Eventually.True(() => middle.Met > 0, "B never called.", _b);
        await _b.Get<PeerLoop>().TryAsync(id, Cancellation);
        await Eventually.True(() => middle.Met > 1, "B never called again.", _b);
        Assert.Equal(0, middle.Tokens);
    }

    [Fact]
    public async Task A_stranger_gets_the_same_404_and_not_a_byte_more_from_every_route()
    {
        using var stranger = Certificate();
        var routes = Routes.Of(_a);
        Assert.Contains("/sync/v1/handshake", routes.Select(r => r.Path));
        string? same = null;
        foreach (var certificate in new[] { stranger, null })
        {
            foreach (var (method, path) in routes.Concat([("GET", "/no/such/page"), ("HEAD", "/no/such/page")]))
            {
                var answer = await Raw(_a.PeerAddress, method, path, certificate);
                same ??= answer;
                // Less the body, an answer to HEAD is the one to GET (RFC 9110, 9.3.2).
                var expected = method == "HEAD" ? same[..^"""{"error":{"code":"not_found"}}""".Length] : same;
                Assert.True(expected == answer, $"{method} {path}:\n{answer}\nwhere another was\n{same}");
            }
        }

        Assert.StartsWith("HTTP/1.1 404 Not Found", same!, StringComparison.Ordinal);
        Assert.EndsWith("""{"error":{"code":"not_found"}}""", same!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_friend_of_a_friend_who_knows_the_name_gets_the_404_of_a_stranger()
    {
        await _b.Join(_a, "cats");
        var other = await _b.Found("dogs");
        await using var c = await LiveNode.Start(peerListen: Listen);
        await c.Join(_b, "dogs");
        await Eventually.InStep(other, _b, c);
        var client = c.Get<PeerClient>();
        var at = Endpoint.TryParse(_a.PeerAddress.GetLeftPart(UriPartial.Authority))!;
        var refused = await Assert.ThrowsAsync<PeerException>(() => client.GreetAsync(
            at, DialScope.Typed, _a.Id, [other, _group], null, Cancellation));
        Assert.Equal("not_found", refused.Code);
        Assert.DoesNotContain(_a.Get<PeerBook>().All, p => p.Id == c.Id);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static async Task<HttpStatusCode> Ask(Uri at, string path, string token, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
        if (certificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(at, path));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    /// <summary>The whole answer, less the date.</summary>
    private static async Task<string> Raw(Uri at, string method, string path, X509Certificate2? certificate)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(at.Host, at.Port, Cancellation);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = at.Host,
                ClientCertificates = certificate is null ? [] : [certificate],
            },
            Cancellation);
        var body = method is "GET" or "DELETE" ? "" : "{}";
        await tls.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"),
            Cancellation);
        using var reader = new StreamReader(tls);
        var text = await reader.ReadToEndAsync(Cancellation);
        return string.Join('\n', text.Split("\r\n").Where(l => !l.StartsWith("Date:", StringComparison.Ordinal)));
    }
}
