using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What may be said of a node's keys.</summary>
/// <param name="Node">Who it is, whatever its key.</param>
/// <param name="Key">The public key in force.</param>
/// <param name="Rotations">Keys put in force by the key before them.</param>
/// <param name="Recoveries">Keys put in force by a recovery key.</param>
/// <param name="HasRecoveryKey">The recovery key still lies beside the node's key.</param>
public sealed record KeyFacts(NodeId Node, PublicKey Key, int Rotations, int Recoveries, bool HasRecoveryKey)
{
    public static KeyFacts Of(DataDirectory directory, NodeKey key)
    {
        var recoveries = key.Statements.Count(s => s.RecoveryKey is not null);
        return new KeyFacts(
            key.NodeId,
            key.PublicKey,
            key.Statements.Count - 1 - recoveries,
            recoveries,
            File.Exists(directory.RecoveryKeyPath));
    }
}

/// <summary>Tells of the running node's key, and changes it.</summary>
public sealed class KeyRotation(DataDirectory directory, NodeKey key, LogWriter writer, IRandomSource random)
{
    public KeyFacts Facts() => KeyFacts.Of(directory, key);

    /// <summary>
    /// Durable, and told in every group this node writes in, when it returns; where it is refused nothing changed.
    /// </summary>
    public async Task<Problem?> RotateAsync(CancellationToken cancellation)
    {
        Problem? refused = null;
        await writer.RekeyAsync(
            identity =>
            {
                try
                {
                    key.Become(KeyFile.Rotate(directory, random));
                    return identity with { Statements = key.Statements };
                }
                catch (DataDirectoryException why)
                {
                    refused = new Problem(why.Code, 409, $"{why.Message}");
                }
                catch (IOException)
                {
                    refused = new Problem("disk_refused", 507, "The disk refused to write the new key.");
                }

                return identity;
            },
            cancellation);
        return refused;
    }
}
