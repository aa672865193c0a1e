using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>Signs and checks without curves: a hash of key and message. Real keys have tests of their own.</summary>
internal sealed class FakeSigner(int number) : ISigner
{
    public PublicKey PublicKey { get; } = new(Hash256.Sha256(BitConverter.GetBytes(number)));

    public byte[] Sign(ReadOnlySpan<byte> message) => Of(PublicKey, message);

    internal static byte[] Of(PublicKey key, ReadOnlySpan<byte> message)
    {
        var signature = new byte[64];
        var hash = Hash256.Sha256(key.Value.ToArray(), message);
        hash.CopyTo(signature);
        hash.CopyTo(signature.AsSpan(32));
        return signature;
    }
}

/// <summary>The other half of <see cref="FakeSigner"/>.</summary>
internal sealed class FakeVerifier : IVerifier
{
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        CryptographicOperations.FixedTimeEquals(signature, FakeSigner.Of(key, message));
}

/// <summary>Key statements as nodes publish them.</summary>
internal static class FakeKeys
{
    public static KeyStatement Inception(FakeSigner key, FakeSigner next)
    {
        var commitment = KeyChain.Commitment(next.PublicKey);
        var signed = KeyChain.SignedBytes(key.PublicKey.AsNodeId(), key.PublicKey, commitment, default);
        return new KeyStatement(
            Base64UrlText.Encode(key.PublicKey.Value.ToArray()),
            Base64UrlText.Encode(commitment.ToArray()),
            Base64UrlText.Encode(new byte[32]),
            Base64UrlText.Encode(key.Sign(signed)));
    }
}
