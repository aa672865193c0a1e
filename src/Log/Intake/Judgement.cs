namespace Anarchive.Log;

/// <summary>What intake decided about one checked batch.</summary>
public abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>Append it; what was already here has been left out.</summary>
    public sealed record Accepted(VerifiedBatch Batch) : Judgement;

    /// <summary>Every event is here already.</summary>
    public sealed record Duplicate : Judgement;

    /// <summary>Keep it until something arrives.</summary>
    public sealed record Parked(Wait WaitsFor) : Judgement;

    /// <summary>Refused at <paramref name="Seq"/>.</summary>
    public sealed record Refused(Refusal Code, long Seq) : Judgement;

    /// <summary>The chain's writer signed two histories; freeze it at <paramref name="Seq"/>.</summary>
    public sealed record Forked(ForkProof Proof, long Seq) : Judgement;
}
