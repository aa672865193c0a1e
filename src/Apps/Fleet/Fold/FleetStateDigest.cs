using System.Buffers.Binary;
using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>
/// SHA-256 over a fleet's registers in the order of their keys: equal exactly where two nodes folded the same.
/// Format: docs/events.md, "State digest of a fleet".
/// </summary>
public sealed class FleetStateDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _last = [];

    public FleetStateDigest() => _hash.AppendData(Domains.State);

    /// <summary>Registers come in the order of their keys' bytes, each once; another order throws.</summary>
    /// <remarks>
    /// What is watched is left out. Where a device is let out, its last word may go for some nodes, and the one before
    /// it, which is erased, does not come back.
    /// </remarks>
    /// <param name="order">As <see cref="RegisterWrite.OrderKey"/> writes it.</param>
    public void Add(byte[] key, ReadOnlySpan<byte> order, ReadOnlySpan<byte> value)
    {
        if (key.AsSpan().SequenceCompareTo(_last) <= 0)
            throw new InvalidOperationException("Registers must reach a digest in the order of their keys.");
        _last = key;
        if (RegisterWrite.IsErased(key)) return;
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, key.Length);
        _hash.AppendData(length);
        _hash.AppendData(key);
        _hash.AppendData(order);
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        _hash.AppendData(length);
        _hash.AppendData(value);
    }

    /// <summary>The digest of all that was added; nothing can be added afterwards.</summary>
    public Hash256 Finish() => new(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
