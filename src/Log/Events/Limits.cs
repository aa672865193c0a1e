namespace Anarchive.Log;

/// <summary>Every bound of the log and the protocol, with the reason it exists.</summary>
public static class Limits
{
    /// <summary>Bounds memory per event.</summary>
    public const int PayloadBytesMax = 64 * 1024;

    /// <summary>JSON nesting in a payload; deeper documents serve attackers only.</summary>
    public const int PayloadDepthMax = 16;

    /// <summary>Fits one byte and a line of text.</summary>
    public const int KindLengthMax = 48;

    /// <summary>No kind needs more than a target, a parent and a grant.</summary>
    public const int RefsMax = 4;

    public const int HeaderFixedBytes = 160;

    public const int HeaderBytesMax = HeaderFixedBytes + KindLengthMax + RefsMax * EventRef.Size;

    public const int SaltBytes = 16;

    /// <summary>A writer signs at least this often, so that every run fits one batch.</summary>
    public const int RunEventsMax = 500;

    /// <summary>One signature, one transaction.</summary>
    public const int BatchEventsMax = 512;

    /// <summary>One signature, one transaction; framed bytes.</summary>
    public const int BatchBytesMax = 1024 * 1024;

    /// <summary>Eight batches; decompressed, so that a small body cannot unfold into a large one.</summary>
    public const int BodyBytesMax = 8 * 1024 * 1024;

    /// <summary>What of an edition is fetched and checked at once; bounds what a bad source costs.</summary>
    public const int EditionPieceBytes = 1024 * 1024;

    /// <summary>16 GiB; the list of their hashes fits one message.</summary>
    public const int EditionPiecesMax = 16 * 1024;

    /// <summary>A whole event, or a vector that fits a payload, in base64url.</summary>
    public const int EditionLineBytesMax = 128 * 1024;

    /// <summary>2^53 − 1: exact as a JSON number.</summary>
    public const long SeqMax = (1L << 53) - 1;

    /// <summary>A clock further ahead stalls only its own chain.</summary>
    public const long ClockAheadMsMax = 5 * 60 * 1000;

    /// <summary>A wall clock that steps further against elapsed time is not believed alone.</summary>
    public const long ClockStepMsMax = 5 * 60 * 1000;

    /// <summary>Version vectors stay small.</summary>
    public const int OriginsPerGroupMax = 5_000;

    /// <summary>Bounds a loop of restores.</summary>
    public const int ChainsPerOriginMax = 64;

    /// <summary>Events parked per peer; disk-backed and re-requestable.</summary>
    public const int ParkedEventsMax = 10_000;

    /// <summary>Bytes parked per peer; disk-backed and re-requestable.</summary>
    public const long ParkedBytesMax = 16 * 1024 * 1024;

    /// <summary>Chains asked for in one pull; keeps the URL short.</summary>
    public const int WantsMax = 64;

    /// <summary>Events a pull may ask for at once: eight batches, so that one commit serves many events.</summary>
    public const int CreditEvents = 8 * BatchEventsMax;

    /// <summary>Bytes a pull may ask for at once; with their prefixes they fit one body.</summary>
    public const int CreditBytes = 7 * BatchBytesMax;

    /// <summary>Events received and not folded yet at which a node grants no more credit; bounds memory.</summary>
    public const int BacklogMax = 50_000;

    /// <summary>A peer that lacks more events than one push carries is told to pull instead.</summary>
    public const int PushLagMax = CreditEvents;

    /// <summary>A peer behind by more than a push is told so at most this often.</summary>
    public const int NudgeMs = 200;

    /// <summary>Peers speak this often, ± 20 %.</summary>
    public const int HeartbeatMs = 30_000;

    /// <summary>A peer silent for longer is shown as unreachable.</summary>
    public const int SilentMs = 5 * 60_000;

    /// <summary>First wait after a failed exchange.</summary>
    public const int BackoffFirstMs = 1_000;

    /// <summary>Longest wait before a peer is marked as in error.</summary>
    public const int BackoffMaxMs = 60_000;

    /// <summary>Failures in a row that mark a peer as in error.</summary>
    public const int FailuresBeforeError = 10;

    /// <summary>A peer in error is still tried, for ever.</summary>
    public const int ErrorRetryMs = 10 * 60_000;

    /// <summary>Answers without progress after which a source is dropped.</summary>
    public const int IdleAnswersMax = 2;

    /// <summary>How far the time on a signed request may be off, either way: clocks differ, answers are slow.</summary>
    public const long RequestSkewMs = 120_000;

    /// <summary>Signed requests of one node that are remembered at once: 100 a second, and a burst.</summary>
    public const int RequestsPerNodeMax = 16 * 1024;

    /// <summary>Signed requests remembered in all, at some 100 bytes each.</summary>
    public const int RequestsMax = 256 * 1024;

    /// <summary>Peer tokens expire.</summary>
    public const long TokenLifetimeMs = 30L * 24 * 3600 * 1000;

    /// <summary>Invites expire.</summary>
    public const long InviteLifetimeMs = 7L * 24 * 3600 * 1000;

    /// <summary>A pairing is done side by side.</summary>
    public const long PairingLifetimeMs = 10L * 60 * 1000;

    /// <summary>An owner silent for less is not replaced.</summary>
    public const long OwnerSilentMs = 30L * 24 * 3600 * 1000;

    /// <summary>An owner who is there after all needs time to say so.</summary>
    public const long VetoMs = 72L * 3600 * 1000;

    /// <summary>Heirs an owner may name; a handful, in order.</summary>
    public const int HeirsMax = 16;

    /// <summary>A member heard of within it is waited for before a log is cut.</summary>
    public const long MemberActiveMs = 30L * 24 * 3600 * 1000;
}
