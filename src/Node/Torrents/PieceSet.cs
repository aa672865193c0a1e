namespace Anarchive.Node;

/// <summary>Which pieces of a file somebody has: a bit each, the first piece's the highest (BEP 3, bitfield).</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class PieceSet
{
    private readonly byte[] _bits;
    private readonly Lock _gate = new();
    private int _held;

    /// <summary>An empty set.</summary>
    public PieceSet(int count) => (Count, _bits) = (count, new byte[(count + 7) / 8]);

    /// <summary>How many pieces the file has.</summary>
    public int Count { get; }

    /// <summary>How many of them are in the set.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _held;
        }
    }

    public bool IsWhole => Held == Count;

    /// <summary>All pieces.</summary>
    public static PieceSet Whole(int count)
    {
        var all = new PieceSet(count);
        for (var piece = 0; piece < count; piece++) all.Add(piece);
        return all;
    }

    /// <summary>Null where the bytes are too few or too many, or bits after the last piece are set.</summary>
    public static PieceSet? TryRead(ReadOnlySpan<byte> bits, int count)
    {
        if (bits.Length != (count + 7) / 8) return null;
        var read = new PieceSet(count);
        for (var bit = 0; bit < bits.Length * 8; bit++)
        {
            if ((bits[bit / 8] & Mask(bit)) == 0) continue;
            if (bit >= count) return null;
            read.Add(bit);
        }

        return read;
    }

    public bool Has(int piece)
    {
        lock (_gate) return (_bits[piece / 8] & Mask(piece)) != 0;
    }

    /// <summary>False where it was there already.</summary>
    public bool Add(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, Count);
        lock (_gate)
        {
            if ((_bits[piece / 8] & Mask(piece)) != 0) return false;
            _bits[piece / 8] |= Mask(piece);
            _held++;
            return true;
        }
    }

    public byte[] ToBytes()
    {
        lock (_gate) return [.. _bits];
    }

    private static byte Mask(int piece) => (byte)(0x80 >> (piece % 8));
}
