using System.Net;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Whoever proves no key takes nothing of what all callers share, and hears of no limit.</summary>
public sealed class StrangerQuotaTests : IAsyncLifetime
{
    private readonly HeldTime _time = new();
    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Quotas Quotas => _a.Get<Quotas>();

    public async ValueTask InitializeAsync()
    {
        _a = await LiveNode.Start(_time, peerListen: "https://127.0.0.1:0", with: o => o with { IsHub = true });
        _b = await LiveNode.Start();
        _time.Hold();
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_proof_without_a_session_costs_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, await Prove());
        Assert.Equal(UntilEmpty(new Quotas(_time).TakeHandshake), UntilEmpty(Quotas.TakeHandshake));
        Assert.Equal(HttpStatusCode.NotFound, await Prove());
    }

    [Fact]
    public async Task A_registration_that_nobody_signed_costs_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, await AskHub("nodes", Registration()));
        Assert.Equal(UntilEmpty(new Quotas(_time).TakeHandshake), UntilEmpty(Quotas.TakeHandshake));
        Assert.Equal(HttpStatusCode.NotFound, await AskHub("nodes", Registration()));
    }

    [Fact]
    public async Task Whoever_uses_the_name_of_a_hubs_node_costs_it_nothing()
    {
        var said = HubNode.TryRead(Registration(), _time.GetUtcNow().ToUnixTimeMilliseconds(), _b.Get<IVerifier>())!;
        Assert.NotNull(await _a.Get<HubBook>().RegisterAsync(said, null, Cancellation));
        Assert.True(await _a.Get<HubBook>().AdmitAsync(_b.Id, Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, await AskHub("peers", null));
        Assert.Equal(HttpStatusCode.NotFound, await AskHub("nodes", Registration()));
        var fresh = new Quotas(_time);
        Assert.Equal(
            UntilEmpty(() => fresh.TakeRequest(_b.Id)), UntilEmpty(() => Quotas.TakeRequest(_b.Id)));
        Assert.Equal(HttpStatusCode.NotFound, await AskHub("peers", null));
    }

    private static int UntilEmpty(Func<int?> take)
    {
        var taken = 0;
        while (take() is null) taken++;
        return taken;
    }

    private Task<HttpStatusCode> Prove()
    {
        var proof = new ProofMessage(
            Base64UrlText.Encode(new byte[16]), Base64UrlText.Encode(new byte[64]), Base64UrlText.Encode(new byte[32]),
            null, []);
        return Send(PeerHttp.Post(
            new Uri(_a.PeerAddress, "/sync/v1/handshake"), proof, SyncJson.Default.HandshakeMessage));
    }

    private HubRegistration Registration() =>
        new(_b.Id.ToString(), _b.Get<NodeKey>().Statements, null, [], [], [], null);

    /// <summary>In B's name, with a signature that B never made.</summary>
    private Task<HttpStatusCode> AskHub(string what, HubRegistration? body)
    {
        var address = new Uri(_a.PeerAddress, "/api/v1/map/" + what);
        var request = body is null
            ? new HttpRequestMessage(HttpMethod.Get, address)
            : PeerHttp.Post(address, body, HubJson.Default.HubRegistration);
        var forged = new RequestSignature(
            _b.Id, _time.GetUtcNow().ToUnixTimeMilliseconds(), new byte[RequestSignature.NonceBytes], new byte[64]);
        request.Headers.Add(RequestSignature.Header, forged.ToString());
        return Send(request);
    }

    private static async Task<HttpStatusCode> Send(HttpRequestMessage request)
    {
        using var http = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
        });
        using var response = await http.SendAsync(request, Cancellation);
        request.Dispose();
        return response.StatusCode;
    }
}
