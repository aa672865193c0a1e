using System.Text;
using System.Text.Json;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class WireTests
{
    private static readonly ChainId Chain = new(new FakeSigner(1).PublicKey.AsNodeId(), new Incarnation(7));

    [Theory]
    [InlineData("""{"step":"hello","instance_id":"x","keys":[],"nonce":"x"}""")]
    [InlineData("""{"step":"hello","instance_id":"x","keys":[],"nonce":"x","to":"x","versions":[1],"more":1}""")]
    [InlineData("""{"step":"hello","instance_id":"x","instance_id":"y","keys":[],"nonce":"","to":"","versions":[1]}""")]
    [InlineData("""{"step":"hello","instance_id":null,"keys":[],"nonce":"x","to":"x","versions":[1]}""")]
    [InlineData("""{"step":"hello","instance_id":"x","keys":[],"nonce":"x","versions":["1"]}""")]
    [InlineData("""{"step":"goodbye","instance_id":"x","keys":[],"nonce":"x","to":"x","versions":[1]}""")]
    [InlineData("""{"instance_id":"x","keys":[],"nonce":"x","to":"x","versions":[1]}""")]
    [InlineData("""{"step":"hello","instance_id":"x","keys":[],"nonce":"x","to":"x","versions":[1]} trailing""")]
    [InlineData("""{"step":"hello","instance_id":"x","keys":[],"nonce":"x","to":"x","versions":[1]""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("null")]
    [InlineData("")]
    public void A_hello_that_is_not_exactly_one_is_refused(string json) =>
        Assert.Null(Wire.TryRead(Encoding.UTF8.GetBytes(json), SyncJson.Default.HandshakeMessage));

    [Fact]
    public void A_hello_is_read()
    {
        var json = """{"step":"hello","instance_id":"x","keys":[],"nonce":"n","versions":[1],"to":"t"}"""u8;
        var read = Wire.TryRead(json, SyncJson.Default.HandshakeMessage);
        Assert.Equal("x", Assert.IsType<HelloMessage>(read).InstanceId);
    }

    [Fact]
    public void A_vector_that_names_a_chain_twice_is_refused()
    {
        var head = Wire.Head(Chain, new Head(3, new EventId(Hash256.Sha256("x"u8))));
        Assert.NotNull(Wire.TryReadHeads([head]));
        Assert.Null(Wire.TryReadHeads([head, head]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(Limits.SeqMax + 1)]
    [InlineData(long.MaxValue)]
    public void A_head_with_an_impossible_seq_is_refused(long seq)
    {
        var head = Wire.Head(Chain, new Head(3, new EventId(Hash256.Sha256("x"u8))));
        Assert.Null(Wire.TryReadHeads([head with { Seq = seq }]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-2")]
    [InlineData("+2")]
    [InlineData("02")]
    [InlineData(" 2")]
    [InlineData("2.0")]
    [InlineData("9007199254740992")]
    [InlineData("99999999999999999999")]
    public void Only_the_shortest_spelling_of_a_number_is_read(string text)
    {
        Assert.Null(Wire.TryReadNumber(text));
        Assert.Null(Wire.TryReadPlace($"{Chain}.{text}"));
    }

    [Fact]
    public void A_place_reads_back() => Assert.Equal((Chain, 12), Wire.TryReadPlace(Wire.Place(Chain, 12)));

    [Fact]
    public void The_JSON_form_of_a_batch_reads_back_to_the_same_bytes()
    {
        var (chain, _) = TestChain.Found(1);
        var batch = chain.Run(3);
        var json = JsonSerializer.SerializeToUtf8Bytes([Wire.ToJson(batch)!], SyncJson.Default.IReadOnlyListWireBatch);
        var read = Wire.TryRead(json, SyncJson.Default.IReadOnlyListWireBatch)!;
        var back = Wire.FromJson(read.Single(), out var refusal)!;
        Assert.Equal(Refusal.None, refusal);
        Assert.Equal(Frame(batch), Frame(back));
    }

    [Theory]
    [InlineData("https://example.org/")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:80/path")]
    [InlineData("http://user@127.0.0.1:80")]
    [InlineData("http://2130706433:80")]
    [InlineData("http://127.1:80")]
    [InlineData("http://0x7f000001:80")]
    [InlineData("HTTP://127.0.0.1:80")]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("http://127.0.0.1:080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("")]
    [InlineData(null)]
    public void An_endpoint_in_another_spelling_is_refused(string? text) => Assert.Null(Endpoint.TryParse(text));

    [Theory]
    [InlineData("http://127.0.0.1:7420", true)]
    [InlineData("http://[::1]:7420", true)]
    [InlineData("http://localhost:7420", true)]
    [InlineData("http://0.0.0.0:7420", false)]
    [InlineData("http://10.0.0.1:7420", false)]
    [InlineData("http://[::ffff:127.0.0.1]:7420", false)]
    [InlineData("https://example.org:7421", false)]
    public void Only_this_machine_is_loopback(string text, bool isLoopback) =>
        Assert.Equal(isLoopback, Endpoint.TryParse(text)?.IsLoopback ?? false);

    private static byte[] Frame(Batch batch)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, output);
        return output.WrittenSpan.ToArray();
    }
}
