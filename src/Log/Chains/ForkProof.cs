using System.Buffers;
using System.Buffers.Binary;

namespace Anarchive.Log;

/// <summary>
/// Two runs of one chain, each ending signed, that differ at one seq: its writer signed two histories.
/// </summary>
/// <remarks>
/// Bytes: u32 length of the left frame, left frame, right frame, in the binary framing with hollow records, so a proof
/// never carries text. Anyone can check it with the chain's key alone; only a chain's opening keeps its payload, for
/// where a chain forks at once, its key is nowhere else.
/// </remarks>
public sealed record ForkProof(Batch Left, Batch Right)
{
    /// <summary>The first seq at which both runs differ; null when they prove nothing.</summary>
    public long? DiffersAt()
    {
        if (Left.Chain != Right.Chain) return null;
        var from = Math.Max(Left.FirstSeq, Right.FirstSeq);
        var through = Math.Min(Left.LastSeq, Right.LastSeq);
        for (var seq = from; seq <= through; seq++)
        {
            var (l, r) = (At(Left, seq), At(Right, seq));
            if (l.Id == r.Id) continue;
            // The runs must meet in a common past, otherwise an earlier seq is the true fork.
            return l.Prev == r.Prev ? seq : null;
        }

        return null;
    }

    /// <summary>True when both runs are linked and signed by <paramref name="key"/> and differ.</summary>
    public bool Holds(GroupId group, PublicKey key, IVerifier verifier) =>
        DiffersAt() is not null && IsSignedRun(Left, group, key, verifier) && IsSignedRun(Right, group, key, verifier);

    public byte[] ToBytes()
    {
        var frames = new ArrayBufferWriter<byte>();
        BatchFraming.Write(Hollow(Left), frames);
        var left = frames.WrittenCount;
        BatchFraming.Write(Hollow(Right), frames);
        var bytes = new byte[4 + frames.WrittenCount];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)left);
        frames.WrittenSpan.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    /// <summary>
    /// Null unless the bytes are two unbroken runs, hollow but for an opening. Whether they prove anything is not said.
    /// </summary>
    public static ForkProof? TryRead(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 4) return null;
        var left = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span);
        if (left > bytes.Length - 4) return null;
        var l = BatchFraming.TryRead(bytes.Slice(4, (int)left), out _);
        var r = BatchFraming.TryRead(bytes[(4 + (int)left)..], out _);
        return l is not null && r is not null && IsHollowRun(l) && IsHollowRun(r) ? new ForkProof(l, r) : null;
    }

    private static EventHeader At(Batch run, long seq) => run.Events[(int)(seq - run.FirstSeq)].Header;

    private static Batch Hollow(Batch run) =>
        new([.. run.Events.Select(e => e.Header.Seq == 1 ? e : new Event(e.Header, null))], run.Signature);

    private static bool IsHollowRun(Batch run)
    {
        for (var i = 0; i < run.Events.Count; i++)
        {
            var seq = run.Events[i].Header.Seq;
            if (seq != run.FirstSeq + i || run.Events[i].IsHollow == (seq == 1)) return false;
        }

        return true;
    }

    private static bool IsSignedRun(Batch run, GroupId group, PublicKey key, IVerifier verifier)
    {
        for (var i = 0; i < run.Events.Count; i++)
        {
            var header = run.Events[i].Header;
            if (header.EffectiveGroup != group || header.Chain != run.Chain) return false;
            if (i == 0) continue;
            var previous = run.Events[i - 1].Header;
            if (header.Seq != previous.Seq + 1 || header.Prev != previous.Id) return false;
        }

        return BatchCheck.SignatureHolds(run, key, verifier);
    }
}
