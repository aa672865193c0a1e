using System.Net.Http.Headers;
using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A peer tells whether it can call back, and can be made to call nobody else.</summary>
public sealed class ReachTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await LiveNode.Start(peerListen: "https://127.0.0.1:0");
        _b = await LiveNode.Start(peerListen: "https://127.0.0.1:0");
        var group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(group, _a, _b);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_can_be_called_is_told_so_and_not_twice_in_a_moment()
    {
        Assert.Equal(new ReachAnswer(_a.Id, true, null), Assert.Single(await Ask(_b)));
        Assert.Equal(new ReachAnswer(_a.Id, false, "rate_limited"), Assert.Single(await Ask(_b)));
    }

    [Fact]
    public async Task Where_nobody_answers_the_peer_says_so()
    {
        await _a.Get<PeerBook>().TypedAsync(_b.Id, At("https://127.0.0.1:1"), Cancellation);
        Assert.Equal(new ReachAnswer(_a.Id, false, "unreachable"), Assert.Single(await Ask(_b)));
    }

    [Fact]
    public async Task Where_another_node_answers_the_peer_has_not_reached_the_one_that_asks()
    {
        await using var other = await LiveNode.Start(peerListen: "https://127.0.0.1:0");
        var there = At(other.PeerAddress.GetLeftPart(UriPartial.Authority));
        await _a.Get<PeerBook>().TypedAsync(_b.Id, there, Cancellation);
        Assert.Equal(new ReachAnswer(_a.Id, false, "not_found"), Assert.Single(await Ask(_b)));
    }

    [Fact]
    public async Task A_request_that_names_an_address_has_nobody_dialled_there()
    {
        using var elsewhere = new Hook(_ => null);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_a.Address, "/sync/v1/reach?endpoint=x"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _a.TokenFor(_b.Id));
        request.Content = new StringContent(
            $$"""{"endpoint":"{{elsewhere.Address}}"}""", Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, Cancellation);
        Assert.Equal("""{"reached":true,"code":null}""", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(0, elsewhere.Requests);
    }

    private static Task<IReadOnlyList<ReachAnswer>> Ask(LiveNode node) =>
        node.Get<Reachability>().AskAsync(Cancellation);

    private static Endpoint At(string address) => Endpoint.TryParse(address)!;
}
