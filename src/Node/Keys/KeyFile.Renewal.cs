using System.Text.Json;
using Anarchive.Log;

namespace Anarchive.Node;

/// <content>Rotation and recovery: the file is replaced at once, and hives follow when the node writes next.</content>
public static partial class KeyFile
{
    /// <summary>Puts the next key in force and commits to another; durable when it returns.</summary>
    /// <exception cref="DataDirectoryException"><c>key_file_missing</c>, <c>too_many_keys</c>.</exception>
    /// <exception cref="StoreFailedException">Whether it is durable is unknown: only a start may go on.</exception>
    public static NodeKey Rotate(DataDirectory directory, IRandomSource random)
    {
        var now = OpenExisting(directory);
        var stored = Stored(directory);
        var chain = KeyChain.Read(now.Statements, new SodiumVerifier())!;
        if (!Base64UrlText.TryDecode(stored.NextSeed, Sodium.SeedBytes, out var seed)) throw Damaged();
        var fresh = Draw(random);
        var (key, secretKey) = Sodium.KeyPair(seed);
        if (KeyChain.Commitment(key) != chain.NextKeyHash) throw Damaged();
        var next = KeyChain.Commitment(Sodium.KeyPair(fresh).Public);
        var signature = now.Sign(KeyChain.SignedBytes(now.NodeId, key, next, chain.RecoveryKeyHash));
        var statement = new KeyStatement(
            Text(key.Value), Text(next), Text(chain.RecoveryKeyHash), Base64UrlText.Encode(signature));
        return Put(directory, stored.NodeSecret, seed, fresh, [.. now.Statements, statement]);
    }

    /// <summary>
    /// Puts a new key in force that the recovery key vouches for, with a new recovery key; whoever holds the keys of
    /// before can write nothing more. Brings back a node of which nothing else is left. Durable when it returns.
    /// </summary>
    /// <exception cref="DataDirectoryException">
    /// <c>recovery_key_missing</c>, <c>recovery_key_damaged</c>, <c>recovery_key_foreign</c>, <c>key_file_missing</c>.
    /// </exception>
    public static NodeKey Recover(DataDirectory directory, string? recoveryFile, IRandomSource random) =>
        PutRecovered(directory, ReadForRecovery(directory.Root, OfFile(directory.Root, recoveryFile)), random);

    /// <summary>
    /// As <see cref="Recover"/>, by what <see cref="RecoveryWords"/> hold. That
    /// says nothing of the node: its key file has to be here, or to have come back from a backup.
    /// </summary>
    public static NodeKey RecoverBySeed(DataDirectory directory, ReadOnlySpan<byte> seed, IRandomSource random) =>
        PutRecovered(directory, ReadForRecovery(directory.Root, OfSeed(directory.Root, seed)), random);

    private static NodeKey PutRecovered(
        DataDirectory directory, (IReadOnlyList<KeyStatement> Statements, KeyChain Chain, byte[] Seed) from,
        IRandomSource random)
    {
        var (statements, chain, recoverySecret) = from;
        var recoverer = Sodium.KeyPair(recoverySecret).Public;
        var (seed, nextSeed, nextRecovery) = (Draw(random), Draw(random), Draw(random));
        var key = Sodium.KeyPair(seed).Public;
        var next = KeyChain.Commitment(Sodium.KeyPair(nextSeed).Public);
        var then = KeyChain.Commitment(Sodium.KeyPair(nextRecovery).Public);
        var signature = Sodium.Sign(
            KeyChain.SignedBytes(chain.Node, key, next, then, recovers: true),
            Sodium.KeyPair(recoverySecret).Secret);
        var statement = new KeyStatement(
            Text(key.Value), Text(next), Text(then), Base64UrlText.Encode(signature), Text(recoverer.Value));
        IReadOnlyList<KeyStatement> all = [.. statements, statement];
        // The old recovery key may stand in the directory: it goes once the key it vouched for is in place.
        DurableFile.Replace(
            directory.NextRecoveryKeyPath,
            JsonSerializer.SerializeToUtf8Bytes(
                new StoredRecoveryKey(Version, chain.Node.ToString(), Base64UrlText.Encode(nextRecovery), all),
                KeyJson.Default.StoredRecoveryKey));
        var secret = File.Exists(directory.NodeKeyPath)
            ? Stored(directory).NodeSecret
            : Base64UrlText.Encode(Draw(random));
        var recovered = Put(directory, secret, seed, nextSeed, all);
        try
        {
            FinishRecovery(directory, recovered);
        }
        catch (IOException failed)
        {
            throw Unconfirmed(failed);
        }

        return recovered;
    }

    /// <summary>
    /// Says of which node the recovery key is, where <see cref="Recover"/> would take it; changes and makes nothing.
    /// </summary>
    public static NodeId CheckRecovery(string root, string? recoveryFile) =>
        ReadForRecovery(root, OfFile(root, recoveryFile)).Chain.Node;

    /// <summary>As <see cref="CheckRecovery"/>, of <see cref="RecoverBySeed"/>.</summary>
    public static NodeId CheckSeed(string root, ReadOnlySpan<byte> seed) =>
        ReadForRecovery(root, OfSeed(root, seed)).Chain.Node;

    /// <summary>The recovery key of a data directory in words.</summary>
    /// <exception cref="DataDirectoryException"><c>recovery_key_missing</c>, <c>recovery_key_damaged</c>.</exception>
    public static IReadOnlyList<string> Words(string root) =>
        Base64UrlText.TryDecode(OfFile(root, null).Seed, Sodium.SeedBytes, out var seed)
            ? RecoveryWords.Of(seed)
            : throw DamagedRecovery();

    private static StoredRecoveryKey OfFile(string root, string? recoveryFile) =>
        ReadRecovery(recoveryFile ?? DataDirectory.RecoveryKeyIn(root));

    private static StoredRecoveryKey OfSeed(string root, ReadOnlySpan<byte> seed)
    {
        var nodeKey = DataDirectory.NodeKeyIn(root);
        if (!File.Exists(nodeKey)) throw Missing();
        return new StoredRecoveryKey(Version, Read(nodeKey).NodeId.ToString(), Base64UrlText.Encode(seed));
    }

    /// <summary>Reads the keys of a node that is there; makes none.</summary>
    public static NodeKey OpenExisting(DataDirectory directory)
    {
        if (!File.Exists(directory.NodeKeyPath)) throw Missing();
        var key = Read(directory.NodeKeyPath);
        FinishRecovery(directory, key);
        return key;
    }

    /// <summary>The statements that a recovery goes on from, and the recovery key's seed.</summary>
    private static (IReadOnlyList<KeyStatement> Statements, KeyChain Chain, byte[] Seed) ReadForRecovery(
        string root, StoredRecoveryKey recovery)
    {
        var nodeKey = DataDirectory.NodeKeyIn(root);
        var known = File.Exists(nodeKey) ? Read(nodeKey).Statements : recovery.Statements;
        if (known is null) throw Missing();
        if (!Base64UrlText.TryDecode(recovery.Seed, Sodium.SeedBytes, out var seed)) throw DamagedRecovery();
        var recoverer = KeyChain.Commitment(Sodium.KeyPair(seed).Public);
        var committed = Text(recoverer);
        // Right after the first key that was committed with it: so it overrules every rotation since, a thief's too.
        var statements = known.Take(known.TakeWhile(s => s.RecoveryKeyHash != committed).Count() + 1).ToArray();
        if (KeyChain.Read(statements, new SodiumVerifier()) is not { } chain) throw DamagedRecovery();
        if (recovery.InstanceId != chain.Node.ToString() || recoverer != chain.RecoveryKeyHash)
            throw new DataDirectoryException(
                "recovery_key_foreign", "This recovery key is of another node, or was replaced by a later one.");
        return (statements, chain, seed);
    }

    private static NodeKey Put(
        DataDirectory directory, string secret, byte[] seed, byte[] nextSeed, IReadOnlyList<KeyStatement> statements)
    {
        if (statements.Count > KeyChain.StatementsMax)
            throw new DataDirectoryException(
                "too_many_keys", "This node's key was changed 63 times; peers accept no more. Make a new node.");
        var written = JsonSerializer.SerializeToUtf8Bytes(
            new StoredKeys(Version, Base64UrlText.Encode(seed), Base64UrlText.Encode(nextSeed), secret, statements),
            KeyJson.Default.StoredKeys);
        try
        {
            DurableFile.Replace(directory.NodeKeyPath, written);
        }
        catch (UnconfirmedException failed)
        {
            // In place, perhaps not durably: neither key may sign before a start has settled which one it is.
            throw Unconfirmed(failed);
        }

        return TryRead(written) ?? throw new InvalidOperationException("Our own new keys do not hold together.");
    }

    /// <summary>Ends a recovery that a kill cut short, whichever of the two files it reached.</summary>
    private static void FinishRecovery(DataDirectory directory, NodeKey key)
    {
        if (!File.Exists(directory.NextRecoveryKeyPath)) return;
        var next = ReadRecovery(directory.NextRecoveryKeyPath);
        var isOurs = Base64UrlText.TryDecode(next.Seed, Sodium.SeedBytes, out var seed)
            && Text(KeyChain.Commitment(Sodium.KeyPair(seed).Public)) == key.Statements[^1].RecoveryKeyHash;
        if (isOurs) File.Move(directory.NextRecoveryKeyPath, directory.RecoveryKeyPath, overwrite: true);
        else File.Delete(directory.NextRecoveryKeyPath);
        DurableFile.SyncDirectory(directory.KeyDirectory);
    }

    private static StoredRecoveryKey ReadRecovery(string path)
    {
        if (!File.Exists(path))
            throw new DataDirectoryException(
                "recovery_key_missing", "The recovery key is not there: name the file you keep it in with --file.");
        var bytes = File.ReadAllBytes(path);
        try
        {
            var stored = JsonSerializer.Deserialize(bytes, KeyJson.Default.StoredRecoveryKey);
            return stored is { Version: Version } ? stored : throw Refused();
        }
        catch (JsonException)
        {
            throw Refused();
        }

        DataDirectoryException Refused() => IsNewer(bytes) ? TooNew() : DamagedRecovery();
    }

    private static StoredKeys Stored(DataDirectory directory) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(directory.NodeKeyPath), KeyJson.Default.StoredKeys)
        ?? throw Damaged();

    private static DataDirectoryException Missing() => new(
        "key_file_missing", "There is no node's key here: put a backup of keys/node.key in its place.");

    private static DataDirectoryException Damaged() => new(
        "key_file_damaged", "The node's key file is damaged: put a backup of keys/node.key in its place.");

    private static StoreFailedException Unconfirmed(IOException cause) =>
        new("The disk did not confirm the new key.", 0, cause);

    private static DataDirectoryException TooNew() => new(
        "key_file_too_new", "A newer program wrote this key file: install the newer program again.");

    private static DataDirectoryException DamagedRecovery() => new(
        "recovery_key_damaged", "The file holds no whole recovery key: look for another copy of it.");
}
