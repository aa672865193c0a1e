using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SignedRequestTests
{
    private const long Created = 1_700_000_000_000;

    private static readonly FakeSigner Sender = new(1);
    private static readonly PublicKey Recipient = new FakeSigner(2).PublicKey;
    private static readonly FakeVerifier Verifier = new();
    private static readonly NodeId Node = Sender.PublicKey.AsNodeId();
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
    private static readonly Hash256 Body = Hash256.Sha256("body"u8);
    private static readonly SignedRequest Request = Of("POST", "/sync/v1/heartbeat?a=b", Body, Recipient);
    private static readonly RequestSignature Signed = Request.Sign(Node, Created, Nonce, Sender);

    [Fact]
    public void A_signature_reads_back_and_holds()
    {
        var read = RequestSignature.TryParse(Signed.ToString())!;
        Assert.Equal(Signed.ToString(), read.ToString());
        Assert.True(Request.IsSigned(read, Sender.PublicKey, Verifier));
    }

    [Fact]
    public void Flipping_any_byte_of_the_header_refuses_it()
    {
        var header = Signed.ToString();
        for (var i = 0; i < header.Length; i++)
        {
            for (var bit = 1; bit < 0x80; bit <<= 1)
            {
                var changed = $"{header[..i]}{(char)(header[i] ^ bit)}{header[(i + 1)..]}";
                Assert.False(
                    RequestSignature.TryParse(changed) is { } read
                    && Request.IsSigned(read, Sender.PublicKey, Verifier),
                    changed);
            }

            Assert.Null(RequestSignature.TryParse(header[..i]));
        }
    }

    [Fact]
    public void Every_byte_that_is_signed_counts()
    {
        var bytes = Request.SignedBytes(Node, Created, Nonce);
        var signature = Sender.Sign(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.False(Verifier.Verify(Sender.PublicKey, bytes, signature));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void A_signature_holds_for_no_other_request()
    {
        SignedRequest[] others =
        [
            Of("PUT", "/sync/v1/heartbeat?a=b", Body, Recipient),
            Of("POST", "/sync/v1/heartbeat?a=c", Body, Recipient),
            Of("POST", "/sync/v1/heartbeat", Body, Recipient),
            // A length before each field: nothing moves from one into the next.
            Of("POST/", "sync/v1/heartbeat?a=b", Body, Recipient),
            Of("POS", "T/sync/v1/heartbeat?a=b", Body, Recipient),
            Of("POST", "/sync/v1/heartbeat?a=b", Hash256.Sha256("Body"u8), Recipient),
            Of("POST", "/sync/v1/heartbeat?a=b", Body, new FakeSigner(3).PublicKey),
        ];
        Assert.All(others, r => Assert.False(r.IsSigned(Signed, Sender.PublicKey, Verifier)));
        Assert.False(Request.IsSigned(Signed, Recipient, Verifier));
        Assert.False(Request.IsSigned(
            Signed with { Sender = Recipient.AsNodeId() }, Sender.PublicKey, Verifier));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("NODE")]
    [InlineData("created, node")]
    [InlineData("space")]
    [InlineData("tail")]
    [InlineData("zero")]
    [InlineData("plus")]
    [InlineData("padding")]
    public void Another_spelling_is_refused(string? change)
    {
        var header = Signed.ToString();
        var text = change switch
        {
            "NODE" => header.Replace("node=", "Node=", StringComparison.Ordinal),
            "created, node" => string.Join(", ", header.Split(", ").Reverse()),
            "space" => header.Replace(", ", ",", StringComparison.Ordinal),
            "tail" => header + " ",
            "zero" => header.Replace("created=\"", "created=\"0", StringComparison.Ordinal),
            "plus" => header.Replace("created=\"", "created=\"+", StringComparison.Ordinal),
            "padding" => header[..^1] + "==\"",
            _ => change,
        };
        Assert.Null(RequestSignature.TryParse(text));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("GET", "")]
    [InlineData("GET", "/\u00e9")]
    [InlineData("G\u00cbT", "/")]
    [InlineData("MUCHTOOLONGMETHOD", "/")]
    public void A_request_that_cannot_be_sent_cannot_be_signed(string method, string target) =>
        Assert.Null(SignedRequest.Of(method, target, Body, Recipient));

    [Fact]
    public void A_target_beyond_the_longest_cannot_be_signed()
    {
        Assert.NotNull(SignedRequest.Of("GET", new string('a', SignedRequest.TargetLengthMax), Body, Recipient));
        Assert.Null(SignedRequest.Of("GET", new string('a', SignedRequest.TargetLengthMax + 1), Body, Recipient));
    }

    private static SignedRequest Of(string method, string target, Hash256 body, PublicKey recipient) =>
        SignedRequest.Of(method, target, body, recipient)!;
}
