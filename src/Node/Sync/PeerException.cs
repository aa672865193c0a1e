using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>An exchange with a peer came to nothing: the network, a refusal, or an answer that is none.</summary>
public sealed class PeerException(Failure failure, string code, long retryMs = 0, Exception? cause = null)
    : Exception($"The peer did not answer as agreed: {code}.", cause)
{
    public Failure Failure { get; } = failure;

    /// <summary>The peer's code, or <c>unreachable</c>, <c>wrong_node</c>, <c>malformed</c>.</summary>
    public string Code { get; } = code;

    /// <summary>How long to wait, where the peer said so.</summary>
    public long RetryMs { get; } = retryMs;

    /// <summary>With <c>behind_edition</c>: the edition to begin with.</summary>
    public EditionNote? Edition { get; private init; }

    public static PeerException Behind(EditionNote edition) =>
        new(Failure.Unreachable, Refusal.BehindEdition.Code()) { Edition = edition };

    public static PeerException Malformed() => new(Failure.Unreachable, "malformed");
}
