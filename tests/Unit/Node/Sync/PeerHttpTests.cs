using System.Net;
using System.Text;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class PeerHttpTests
{
    private static readonly Uri Address = new("http://peer.invalid/net/v1/thing");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.NotFound, null, Failure.NotFound, "not_found", 0)]
    [InlineData(HttpStatusCode.TooManyRequests, "7", Failure.Throttled, "rate_limited", 7_000)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "7", Failure.Throttled, "not_ready", 7_000)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "soon", Failure.Throttled, "not_ready", 1_000)]
    public async Task A_refusal_means_the_same_of_a_file_and_of_a_socket(
        HttpStatusCode status, string? retryAfter, Failure failure, string code, long retryMs)
    {
        var body = $$$"""{"error":{"code":"{{{code}}}"}}""";
        using var http = new PeerHttp(new Refusing(status, retryAfter, body));
        foreach (var ask in new Func<Task>[]
        {
            () => http.FetchAsync(Address, null, Cancellation),
            () => http.OpenSocketAsync(Address, null, Cancellation),
        })
        {
            var refused = await Assert.ThrowsAsync<PeerException>(ask);
            Assert.Equal((failure, code, retryMs), (refused.Failure, refused.Code, refused.RetryMs));
        }
    }

    [Fact]
    public async Task A_peer_that_is_not_ready_says_why()
    {
        using var http = new PeerHttp(new Refusing(
            HttpStatusCode.ServiceUnavailable, "60", """{"error":{"code":"awaits_approval"}}"""));
        var refused = await Assert.ThrowsAsync<PeerException>(() => http.FetchAsync(Address, null, Cancellation));
        Assert.Equal(("awaits_approval", 60_000), (refused.Code, refused.RetryMs));
    }

    [Fact]
    public async Task Any_other_answer_to_a_socket_is_as_good_as_none()
    {
        using var http = new PeerHttp(new Refusing(HttpStatusCode.OK, null, ""));
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => http.OpenSocketAsync(Address, null, Cancellation));
        Assert.Equal((Failure.Unreachable, "unreachable"), (refused.Failure, refused.Code));
    }

    private sealed class Refusing(HttpStatusCode status, string? retryAfter, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(status)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
            };
            if (retryAfter is not null) response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(response);
        }
    }
}
