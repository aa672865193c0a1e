using Anarchive.Log;
using Anarchive.Node;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class RequestSigningTests
{
    private static readonly NodeKey Caller = Key(1);
    private static readonly NodeKey Callee = Key(2);

    private readonly WallTime _time = new();
    private readonly RequestSigning _ours;
    private readonly RequestSigning _theirs;

    public RequestSigningTests() => (_ours, _theirs) = (Signing(Caller), Signing(Callee));

    [Fact]
    public void What_a_client_sends_is_believed_once()
    {
        var (request, signature) = Received("/sync/v1/status?proof=a.b.1", "body");
        Assert.Equal(Caller.NodeId, signature.Sender);
        Assert.Equal(RequestFault.None, _theirs.Check(request, "body"u8, signature, Caller.PublicKey));
        Assert.Equal(RequestFault.Replayed, _theirs.Check(request, "body"u8, signature, Caller.PublicKey));
    }

    [Fact]
    public void A_changed_body_another_target_key_or_recipient_is_not_believed()
    {
        var (request, signature) = Received("/a", "body");
        Assert.Equal(RequestFault.BadSignature, _theirs.Check(request, "b0dy"u8, signature, Caller.PublicKey));
        Assert.Equal(RequestFault.BadSignature, _theirs.Check(request, "body"u8, signature, Callee.PublicKey));
        Assert.Equal(
            RequestFault.BadSignature, Signing(Key(3)).Check(request, "body"u8, signature, Caller.PublicKey));
        request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget = "/b";
        Assert.Equal(RequestFault.BadSignature, _theirs.Check(request, "body"u8, signature, Caller.PublicKey));
    }

    [Fact]
    public void A_forgery_does_not_use_up_the_nonce_of_the_real_request()
    {
        var (request, signature) = Received("/a", "body");
        _theirs.Check(request, "b0dy"u8, signature, Caller.PublicKey);
        Assert.Equal(RequestFault.None, _theirs.Check(request, "body"u8, signature, Caller.PublicKey));
    }

    [Theory]
    [InlineData(-120_000, RequestFault.None)]
    [InlineData(-120_001, RequestFault.Stale)]
    [InlineData(120_000, RequestFault.None)]
    [InlineData(120_001, RequestFault.Early)]
    public void A_time_is_believed_within_two_minutes(long offMs, RequestFault expected)
    {
        _time.Pass(600_000);
        _time.Pass(offMs);
        var (request, signature) = Received("/a", "");
        _time.Pass(-offMs);
        Assert.Equal(expected, _theirs.Check(request, [], signature, Caller.PublicKey));
    }

    [Fact]
    public void What_was_created_before_this_node_started_is_not_believed()
    {
        var (request, signature) = Received("/a", "");
        Assert.Equal(RequestFault.None, _theirs.Check(request, [], signature, Caller.PublicKey));
        _time.Pass(1);
        Assert.Equal(
            RequestFault.Stale, Signing(Callee).Check(request, [], signature, Caller.PublicKey));
    }

    [Fact]
    public void A_nonce_is_remembered_for_as_long_as_its_request_is_fresh()
    {
        _time.Pass(120_000);
        var (request, signature) = Received("/a", "");
        _time.Pass(-120_000);
        Assert.Equal(RequestFault.None, _theirs.Check(request, [], signature, Caller.PublicKey));
        _time.Pass(240_000);
        Assert.Equal(RequestFault.Replayed, _theirs.Check(request, [], signature, Caller.PublicKey));
        _time.Pass(1);
        Assert.Equal(RequestFault.Stale, _theirs.Check(request, [], signature, Caller.PublicKey));
    }

    [Fact]
    public void Two_headers_are_none()
    {
        var (request, _) = Received("/a", "");
        var one = request.Headers[RequestSignature.Header];
        request.Headers[RequestSignature.Header] = new([one[0], one[0]]);
        Assert.Null(RequestSigning.Read(request));
        request.Headers.Remove(RequestSignature.Header);
        Assert.Null(RequestSigning.Read(request));
    }

    /// <summary>What a client would send, as a server would see it.</summary>
    private (HttpRequest Request, RequestSignature Signature) Received(string target, string body)
    {
        using var sent = new HttpRequestMessage(HttpMethod.Post, new Uri("https://example.org:7421" + target));
        _ours.Sign(sent, System.Text.Encoding.UTF8.GetBytes(body), Callee.PublicKey);
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.Method = "POST";
        context.Request.Headers[RequestSignature.Header] = sent.Headers.GetValues(RequestSignature.Header).Single();
        return (context.Request, RequestSigning.Read(context.Request)!);
    }

    private RequestSigning Signing(NodeKey key) => new(key, new SodiumVerifier(), _time);

    private static NodeKey Key(byte seed)
    {
        var (key, secret) = Sodium.KeyPair([.. Enumerable.Repeat(seed, 32)]);
        var statement = new KeyStatement(Base64UrlText.Encode(key.Value.ToArray()), "", "", "");
        return new NodeKey([statement], secret, key, new byte[32]);
    }

    private sealed class WallTime : TimeProvider
    {
        private long _ms = 1_700_000_000_000;

        public void Pass(long ms) => _ms += ms;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_ms);
    }
}
