using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ForkProofTests
{
    private static readonly Batch Run = TestChain.Found(1).Chain.Run(3);

    [Fact]
    public void A_proof_reads_as_it_was_written()
    {
        var bytes = new ForkProof(Run, Run).ToBytes();
        Assert.Equal(bytes, ForkProof.TryRead(bytes)?.ToBytes());
    }

    [Fact]
    public void A_proof_with_a_gap_in_a_run_is_refused_before_anything_is_looked_up_in_it()
    {
        var gap = new Batch([Run.Events[0], Run.Events[2]], Run.Signature);
        Assert.Null(ForkProof.TryRead(new ForkProof(gap, Run).ToBytes()));
        Assert.Null(ForkProof.TryRead(new ForkProof(Run, gap).ToBytes()));
    }

    [Fact]
    public void A_proof_that_carries_text_is_refused()
    {
        var frames = new System.Buffers.ArrayBufferWriter<byte>();
        BatchFraming.Write(Run, frames);
        byte[] length = [0, 0, (byte)(frames.WrittenCount >> 8), (byte)frames.WrittenCount];
        Assert.Null(ForkProof.TryRead((byte[])[.. length, .. frames.WrittenSpan, .. frames.WrittenSpan]));
    }
}
