using System.Runtime.InteropServices;

namespace Anarchive.Net;

/// <summary>Rows by their bytes, as SQLite compares blobs and <c>LC_ALL=C sort</c> lines.</summary>
internal sealed class BytesComparer : IComparer<byte[]>, IEqualityComparer<byte[]>
{
    public static BytesComparer Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <summary>The tail: rows begin alike.</summary>
    public int GetHashCode(byte[] row)
    {
        var hash = 17;
        var tail = row.AsSpan(Math.Max(0, row.Length - 96));
        var words = MemoryMarshal.Cast<byte, int>(tail);
        foreach (var word in words) hash = unchecked(hash * 31 + word);
        foreach (var left in tail[(words.Length * 4)..]) hash = unchecked(hash * 31 + left);
        return hash;
    }
}
