using System.Text.Json;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>The protocol's bytes are pinned: a change here is a new version of the protocol.</summary>
public sealed class ProtocolVectorTests
{
    public static TheoryData<string> Names => [.. ProtocolVectors.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_vectors_are_as_published(string name)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            ProtocolVectors.All[name]().WriteTo(writer);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
        var path = $"docs/vectors/{name}.json";
        if (Environment.GetEnvironmentVariable("ANARCHIVE_WRITE_VECTORS") == "1")
            File.WriteAllText(Checkout.PathOf(path), text);
        Assert.Equal(Checkout.Read(path), text);
    }

    [Fact]
    public void A_published_batch_reads_and_its_signature_holds()
    {
        var frame = Bytes("framing", "batch");
        var batch = BatchFraming.TryRead(frame, out var refusal)!;
        Assert.Equal(Refusal.None, refusal);
        var key = new PublicKey(new Hash256(Bytes("text-forms", "public_key")));
        Assert.True(BatchCheck.SignatureHolds(batch, key, new SodiumVerifier()));
        Assert.Equal(Text("header", "id"), batch.Events[1].Header.Id.ToString());
        Assert.Equal(Text("text-forms", "group_id_text"), batch.Events[0].Header.EffectiveGroup.ToString());
    }

    [Fact]
    public void Flipping_any_byte_of_a_published_batch_leaves_nothing_to_accept()
    {
        var frame = Bytes("framing", "batch");
        var key = new PublicKey(new Hash256(Bytes("text-forms", "public_key")));
        var verifier = new SodiumVerifier();
        for (var i = 0; i < frame.Length; i++)
        {
            var changed = frame.ToArray();
            changed[i] ^= 0x10;
            if (BatchFraming.TryRead(changed, out _) is not { } batch) continue;
            var intact = batch.Events.All(e => e.Payload is null || e.Payload.Value.Hash() == e.Header.PayloadHash)
                && batch.Events[1].Header.Prev == batch.Events[0].Header.Id
                && BatchCheck.SignatureHolds(batch, key, verifier);
            Assert.False(intact, $"byte {i}");
        }
    }

    [Fact]
    public void A_truncated_batch_is_refused()
    {
        var frame = Bytes("framing", "batch");
        for (var length = 0; length < frame.Length; length++)
            Assert.Null(BatchFraming.TryRead(frame.AsMemory(0, length), out _));
    }

    [Fact]
    public void The_published_invite_reads()
    {
        var invite = InviteText.TryParse(Text("invite", "text"), out _)!;
        Assert.Equal(Text("invite", "group"), invite.Group.ToString());
        Assert.Equal(Text("invite", "secret"), ProtocolVectors.Hex(invite.Secret.Span));
    }

    private static string Text(string name, string member) =>
        JsonNode.Parse(Checkout.Read($"docs/vectors/{name}.json"))![member]!.GetValue<string>();

    private static byte[] Bytes(string name, string member) => Convert.FromHexString(Text(name, member));
}
