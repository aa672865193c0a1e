using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;

namespace Anarchive.Tests.Fuzz;

/// <summary>Valid bytes that targets begin with.</summary>
internal static class Examples
{
    /// <summary>Two runs of a group's founder and one of a second node.</summary>
    public static IReadOnlyList<Batch> Batches { get; } = MakeBatches();

    public static ChainId Chain => Batches[0].Chain;

    public static NodeId Node => Chain.Origin;

    public static GroupId Group => Batches[0].Events[0].Header.EffectiveGroup;

    /// <summary>Well formed; no signature of it holds but for a verifier that takes all.</summary>
    public static KeyStatement Statement { get; } = new(Text(1), Text(2), Text(3), Base64UrlText.Encode(new byte[64]));

    public static IReadOnlyList<string> JsonTokens { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "0", "-1", "1e9", "9007199254740992", "\"\\ud800\"",
        "\\u0000", "[[[[", "{\"a\":", " ", "\ufeff", "é", "//", "\"a\":1,",
    ];

    public static byte[] Frame(Batch batch)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Json<T>(T message, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(message, type);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The base64url of a 32-byte value.</summary>
    public static string Text(byte value) => Base64UrlText.Encode(Enumerable.Repeat(value, 32).ToArray());

    public static Batch Hollow(Batch run) =>
        new([.. run.Events.Select(e => new Event(e.Header, null))], run.Signature);

    private static Batch[] MakeBatches()
    {
        var (first, _) = TestChain.Found(1);
        var second = TestChain.Open(first.Group, 2);
        var one = first.Run(3);
        var reply = second.Run(
            "post_created", "{}", new EventRef(first.Id, 1, first.Head.Id.Prefix), one.Events[0].Header.Ref);
        var whole = TestChain.Found(3).Genesis;
        var genesis = new Batch([.. whole.Events.Select(e => new Event(e.Header, e.Payload))], whole.Signature);
        return [one, reply, first.Run(1, 300), genesis];
    }
}

/// <summary>Takes every signature: what stands behind one is reached as if a member had sent it.</summary>
internal sealed class Credulous : IVerifier
{
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => true;
}
