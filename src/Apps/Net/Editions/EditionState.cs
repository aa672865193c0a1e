using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Net;

/// <summary>The digest of all rows of an edition: SHA-256(domain ‖ each row and a line feed).</summary>
public sealed class EditionState : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public EditionState() => _hash.AppendData(Domains.PartEdition);

    /// <summary>Of rows in their order.</summary>
    public static Hash256 RootOf(IEnumerable<ReadOnlyMemory<byte>> rows)
    {
        using var state = new EditionState();
        foreach (var row in rows) state.Add(row.Span);
        return state.Root();
    }

    public void Add(ReadOnlySpan<byte> row)
    {
        _hash.AppendData(row);
        _hash.AppendData("\n"u8);
    }

    /// <summary>Of what was added so far; begins anew.</summary>
    public Hash256 Root()
    {
        var root = new Hash256(_hash.GetHashAndReset());
        _hash.AppendData(Domains.PartEdition);
        return root;
    }

    public void Dispose() => _hash.Dispose();
}
