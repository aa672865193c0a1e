using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// The node's keys on disk: the key in force, the next one its statement commits to, and a secret for pseudonyms;
/// the recovery key stands in a file of its own, which the owner may move away.
/// </summary>
/// <remarks>Mode 0600 each; created once, never overwritten.</remarks>
public static partial class KeyFile
{
    private const int Version = 1;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the keys, or creates them for a new node.</summary>
    /// <exception cref="DataDirectoryException">
    /// <c>key_file_missing</c> beside an existing database, <c>key_file_open_to_others</c>, <c>key_file_too_new</c> or
    /// <c>key_file_damaged</c>.
    /// </exception>
    public static NodeKey Open(DataDirectory directory, IRandomSource random)
    {
        if (!File.Exists(directory.NodeKeyPath)) Create(directory, random);
        // A change of the key that the disk would not confirm may be here and not yet durable.
        else DurableFile.SyncDirectory(directory.KeyDirectory);
        var key = Read(directory.NodeKeyPath);
        FinishRecovery(directory, key);
        return key;
    }

    private static NodeKey Read(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new DataDirectoryException(
                "key_file_open_to_others", "Other users can read the node's key: run chmod 600 on keys/node.key.");
        var bytes = File.ReadAllBytes(path);
        try
        {
            return TryRead(bytes) ?? throw (IsNewer(bytes) ? TooNew() : Damaged());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Null where the bytes are no key file, or do not hold together.</summary>
    internal static NodeKey? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Read(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// True for a key file of a later version of this program, whatever else it says: nothing in it is damaged.
    /// </summary>
    internal static bool IsNewer(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out var version)
                && version.ValueKind == JsonValueKind.Number && version.TryGetInt64(out var number)
                && number > Version;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Create(DataDirectory directory, IRandomSource random)
    {
        // A new key would be another node: it could not write on the chains this database holds.
        if (File.Exists(directory.DatabasePath))
            throw new DataDirectoryException(
                "key_file_missing",
                "The database has lost its node's key: put a backup of keys/node.key in its place.");
        var (seed, nextSeed, recoverySeed, secret) = (Draw(random), Draw(random), Draw(random), Draw(random));
        var (key, secretKey) = Sodium.KeyPair(seed);
        var next = KeyChain.Commitment(Sodium.KeyPair(nextSeed).Public);
        var recovery = KeyChain.Commitment(Sodium.KeyPair(recoverySeed).Public);
        var signature = Sodium.Sign(KeyChain.SignedBytes(key.AsNodeId(), key, next, recovery), secretKey);
        var statement = new KeyStatement(
            Text(key.Value), Text(next), Text(recovery), Base64UrlText.Encode(signature));
        // A process that dies between the two files leaves a recovery key without a node; it is drawn anew.
        DurableFile.Replace(
            directory.RecoveryKeyPath,
            JsonSerializer.SerializeToUtf8Bytes(
                new StoredRecoveryKey(
                    Version, key.AsNodeId().ToString(), Base64UrlText.Encode(recoverySeed), [statement]),
                KeyJson.Default.StoredRecoveryKey));
        DurableFile.Create(
            directory.NodeKeyPath,
            JsonSerializer.SerializeToUtf8Bytes(
                new StoredKeys(
                    Version,
                    Base64UrlText.Encode(seed),
                    Base64UrlText.Encode(nextSeed),
                    Base64UrlText.Encode(secret),
                    [statement]),
                KeyJson.Default.StoredKeys));
    }

    /// <summary>Null where the file does not hold together: its statements must end in the key of its seed.</summary>
    private static NodeKey? Read(ReadOnlySpan<byte> bytes)
    {
        var stored = JsonSerializer.Deserialize(bytes, KeyJson.Default.StoredKeys);
        if (stored is not { Version: Version }) return null;
        if (!Base64UrlText.TryDecode(stored.Seed, Sodium.SeedBytes, out var seed)) return null;
        if (!Base64UrlText.TryDecode(stored.NodeSecret, Hash256.Size, out var secret)) return null;
        var (key, secretKey) = Sodium.KeyPair(seed);
        return KeyChain.Read(stored.Statements, new SodiumVerifier())?.Current == key
            ? new NodeKey(stored.Statements, secretKey, key, secret)
            : null;
    }

    private static byte[] Draw(IRandomSource random)
    {
        var bytes = new byte[32];
        random.Fill(bytes);
        return bytes;
    }

    private static string Text(Hash256 value) => Base64UrlText.Encode(value.ToArray());
}

/// <summary>What keys/node.key holds.</summary>
internal sealed record StoredKeys(
    int Version, string Seed, string NextSeed, string NodeSecret, IReadOnlyList<KeyStatement> Statements);

/// <summary>What keys/recovery.key holds.</summary>
/// <remarks>Statements, which are public, let the file alone bring a node back.</remarks>
internal sealed record StoredRecoveryKey(
    int Version,
    string InstanceId,
    string Seed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<KeyStatement>? Statements = null);

/// <summary>Strict JSON of the key files.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoredKeys))]
[JsonSerializable(typeof(StoredRecoveryKey))]
internal sealed partial class KeyJson : JsonSerializerContext;
