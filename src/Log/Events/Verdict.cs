namespace Anarchive.Log;

/// <summary>Why an event was refused. These are wire codes: append only, never rename.</summary>
public enum Refusal
{
    None = 0,
    Malformed = 1,
    UnsupportedVersion = 2,
    TooLarge = 3,
    WrongGroup = 4,
    WrongChain = 5,
    Gap = 6,
    BadPrev = 7,
    BadPayloadHash = 8,
    BadClock = 9,
    BadSignature = 10,
    RunTooLong = 11,
    NotAMember = 12,
    ChainRevoked = 13,
    ChainFrozen = 14,
    Equivocation = 15,
    PayloadRequired = 16,
    ParkedFull = 17,
    RateLimited = 18,
    BehindEdition = 19,
    NotFound = 20,
    NotReady = 21,
}

/// <summary>What a parked batch waits for: another event's position, or a clock reading.</summary>
public abstract record Wait
{
    private Wait()
    {
    }

    /// <summary>Waits until <paramref name="Seq"/> of that chain is here.</summary>
    public sealed record ForEvent(ChainId Chain, long Seq) : Wait;

    /// <summary>Waits until this node's clock shows <paramref name="UnixMs"/> (Unix milliseconds).</summary>
    public sealed record ForClock(long UnixMs) : Wait;
}

/// <summary>Intake's answer to a batch: accept it, park it until something arrives, or refuse it with a code.</summary>
public readonly record struct Verdict(Refusal Refusal, Wait? WaitsFor)
{
    public static Verdict Accept => default;

    public bool IsAccept => Refusal == Refusal.None && WaitsFor is null;

    public static Verdict Refuse(Refusal why) => new(why, null);

    public static Verdict Park(Wait until) => new(Refusal.None, until);
}

/// <summary>The spelling of codes on the wire.</summary>
public static class RefusalCodes
{
    private static readonly string[] Names =
    [
        "none", "malformed", "unsupported_version", "too_large", "wrong_group", "wrong_chain", "gap", "bad_prev",
        "bad_payload_hash", "bad_clock", "bad_signature", "run_too_long", "not_a_member", "chain_revoked",
        "chain_frozen", "equivocation", "payload_required", "parked_full", "rate_limited", "behind_edition",
        "not_found", "not_ready",
    ];

    public static string Code(this Refusal refusal) => Names[(int)refusal];

    /// <summary>The refusal of that name; null for a code this version does not know.</summary>
    public static Refusal? Parse(string code)
    {
        var at = Array.IndexOf(Names, code);
        return at < 0 ? null : (Refusal)at;
    }
}
