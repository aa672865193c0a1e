using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Bytes for a digest of a plan: numbers of 8 bytes, big-endian; texts in UTF-8 after their length.</summary>
internal sealed class TableBytes
{
    private const int UsualCapacity = 1024;

    private readonly ArrayBufferWriter<byte> _bytes;

    /// <param name="domain">What is hashed, so that no two kinds of digest are of the same bytes.</param>
    /// <param name="expected">Bytes that will follow, where many are known to.</param>
    public TableBytes(ReadOnlySpan<byte> domain, int expected = 0)
    {
        _bytes = new ArrayBufferWriter<byte>(Math.Max(UsualCapacity, domain.Length + expected));
        _bytes.Write(domain);
    }

    public void Number(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    /// <summary>4 bytes.</summary>
    public void Small(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    public void Id(Hash256 value)
    {
        value.CopyTo(_bytes.GetSpan(Hash256.Size));
        _bytes.Advance(Hash256.Size);
    }

    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    /// <summary>Begins anew, for the next of many.</summary>
    public void Restart(ReadOnlySpan<byte> domain)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write(domain);
    }

    public Hash256 Hash() => Hash256.Sha256(_bytes.WrittenSpan);
}
