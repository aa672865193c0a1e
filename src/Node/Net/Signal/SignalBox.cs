using System.Security.Cryptography;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Reads reports that were sealed for this node as an aggregator.</summary>
/// <remarks>
/// Its key is derived from the node's secret and used for nothing else, so it outlives a change of the node's key. Safe
/// from any thread.
/// </remarks>
public sealed class SignalBox
{
    /// <summary>What a friend passes on: always as long, and nothing it could read.</summary>
    public const int SealedBytes = SignalReport.Bytes + Sodium.BoxOverheadBytes;

    private readonly byte[] _secret;
    private readonly byte[] _public;

    /// <param name="nodeSecret"><see cref="NodeKey.NodeSecret"/>.</param>
    public SignalBox(ReadOnlySpan<byte> nodeSecret)
    {
        Span<byte> seed = stackalloc byte[Sodium.SeedBytes];
        HMACSHA256.HashData(nodeSecret, "anarchive/signal/box"u8, seed);
        (_public, _secret) = Sodium.BoxKeyPair(seed);
        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>What senders need to seal a report for this node.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>Seals a report; null for a key that no reader can have.</summary>
    /// <param name="publicKey">The aggregator's: 32 bytes.</param>
    public static byte[]? Seal(SignalReport report, ReadOnlySpan<byte> publicKey) =>
        Sodium.SealBox(report.Write(), publicKey);

    /// <summary>What was sealed, for <see cref="SignalWeek.Take"/>; null where nothing was, or not for us.</summary>
    public byte[]? Open(ReadOnlySpan<byte> box) =>
        box.Length == SealedBytes ? Sodium.OpenBox(box, _public, _secret) : null;
}
