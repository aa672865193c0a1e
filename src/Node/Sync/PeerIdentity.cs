using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>By what a peer is known where it answers, as its last handshake proved.</summary>
/// <param name="Certificate">Its certificate's key; zeros on plain connections and where a proxy answers.</param>
/// <param name="IsProxied">
/// A reverse proxy answers for it with a certificate that the system trusts; requests are signed one by one.
/// </param>
/// <param name="Key">Its key in force then, for which requests are signed.</param>
public sealed record PeerIdentity(Hash256 Certificate, bool IsProxied, PublicKey Key)
{
    /// <summary>On this machine, without encryption.</summary>
    public static PeerIdentity Plain { get; } = new(default, IsProxied: false, default);
}
