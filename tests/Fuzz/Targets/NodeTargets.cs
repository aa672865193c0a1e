using System.Buffers.Binary;
using System.Formats.Tar;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Fuzz;

/// <summary>Files that may come from elsewhere, and what people paste.</summary>
internal static class NodeTargets
{
    private static readonly byte[] Passphrase = [.. "fuzz"u8];
    private static readonly byte[] Key = MakeKey();
    private static readonly NodeSecret Secret = new(new byte[32]);

    private static readonly string[] Urls =
    [
        "http://", "https://", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1", "127.1", "2130706433", "0x7f000001",
        "0.0.0.0", "localhost", ":7420", "@", "/", "?", "#", "%31", "。", "xn--", "[::", "]", ":0", ":65536", ":07420",
        "..",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("invite-text", [Examples.Utf8(Invite().Write())], ["ai1", " ", "\n", "="], b =>
            Paste(Encoding.UTF8.GetString(b))),
        FuzzTarget.Of("invite-body", [Base64UrlText.Decode(Invite().Write().AsSpan(3))![..^4]], Urls, InviteBody),
        FuzzTarget.Of("peer-record", [Record()], Urls, PeerRecordOf),
        FuzzTarget.Of("request-signature", [Examples.Utf8(Signed().ToString())],
            ["node=\"", "\", created=\"", "\", nonce=\"", "\", signature=\"", "an1", "0", "=", " "], SignatureOf),
        FuzzTarget.Of("hub-address", [Examples.Utf8($"https://hub.example:7421#{Examples.Node}")],
            [.. Urls, $"#{Examples.Node}", "/ahk1", "ahk1" + new string('A', 43)], HubOf),
        FuzzTarget.Of("key-file", [Key],
            [.. Examples.JsonTokens, "\"seed\"", "\"statements\"", "\"version\":1"], KeyFileOf),
        FuzzTarget.Of("address", Addresses(), Urls, Address),
        FuzzTarget.Of("page-cursor",
            [Examples.Utf8(new PageCursor(1, 2, 3, 4).Write(Secret, "posts"))], ["a", "7"], Cursor),
        FuzzTarget.Of("backup-file", [Backup(Entries())], ["anarchive/backup/v1\n"], BackupFile),
        FuzzTarget.Of("backup-entries", [Entries()],
            [
                "node.db", "manifest.json", "../", "/", "keys/", "editions/x.jsonl", "ustar", "0000644", "path=",
                "size=", "30 ", "77777777777", "\0\0\0\0", "x", "5", "2", "L", "K",
            ],
            tar => BackupFile(Backup(tar))),
    ];

    private static InviteText Invite() => new(
        Endpoint.TryParse("http://127.0.0.1:7420")!, Examples.Node, Examples.Group, new byte[16], new byte[32]);

    private static byte[] Record() =>
        PeerRecord.Sign(
            Endpoint.TryParse("http://127.0.0.1:7420")!, PeerRecord.LifetimeMs, new FakeSigner(1)).Bytes.ToArray();

    private static RequestSignature Signed() => SignedRequest.Of("GET", "/", default, default)!.Sign(
        Examples.Node, 1_700_000_000_000, new byte[RequestSignature.NonceBytes], new FakeSigner(1));

    private static string SignatureOf(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (RequestSignature.TryParse(text) is not { } read) return FuzzTarget.Refused;
        FuzzTarget.Holds(read.ToString() == text, "Two spellings of a signature.");
        return $"{read.CreatedMs == 0}";
    }

    private static string HubOf(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (HubAddress.TryParse(text) is not { } hub) return FuzzTarget.Refused;
        var written = hub.PreauthKey is { } key ? $"{hub}/{key}" : $"{hub}";
        FuzzTarget.Holds(written == text, "Two spellings of a hub.");
        return $"{hub.Endpoint.Address.HostNameType} {hub.PreauthKey is null}";
    }

    private static string Paste(string text)
    {
        if (InviteText.TryParse(text, out var code) is not { } invite) return code!;
        FuzzTarget.Holds(invite.Write() == text.Trim(), "Two spellings of an invite.");
        return invite.Endpoint.Address.Scheme;
    }

    // The check at its end is right, as a hostile inviter makes it.
    private static string InviteBody(byte[] body)
    {
        var check = SHA256.HashData([.. Domains.Invite, .. body]).AsSpan(0, 4);
        return Paste("ai1" + Base64UrlText.Encode([.. body, .. check]));
    }

    private static string PeerRecordOf(byte[] bytes)
    {
        // The node is the hash of the key: made right, or nothing would pass.
        if (bytes.Length >= 65)
            new PublicKey(new Hash256(bytes.AsSpan(33, 32))).AsNodeId().Value.CopyTo(bytes.AsSpan(1));
        if (PeerRecord.TryRead(bytes, 0, new Credulous()) is not { } record) return FuzzTarget.Refused;
        const long last = PeerRecord.LifetimeMs + Limits.ClockAheadMsMax;
        FuzzTarget.Holds(record.ExpiresMs is > 0 and <= last, "A record lives too long.");
        return FuzzTarget.Same(bytes, record.Bytes.Span, record.Endpoint.Address.HostNameType.ToString());
    }

    private static string KeyFileOf(byte[] bytes) =>
        KeyFile.TryRead(bytes) is { } key ? $"{key.Statements.Count}" : FuzzTarget.Refused;

    private static IEnumerable<byte[]> Addresses() =>
        new[]
        {
            "http://127.0.0.1:7420", "https://example.org:443", "http://[::1]:80", "http://localhost:1", "127.0.0.1",
        }.Select(Examples.Utf8);

    private static string Address(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (DialGuard.ThisMachine(text) is { } judged)
            FuzzTarget.Holds(IPAddress.IsLoopback(judged), "Another machine would be dialled.");
        if (Endpoint.TryParse(text) is not { } endpoint)
            return DialGuard.ThisMachine(text) is null ? "neither" : "host";
        FuzzTarget.Holds(endpoint.ToString() == text, "Two spellings of an endpoint.");
        var dialled = DialGuard.ThisMachine(endpoint.Address.Host.Trim('[', ']'));
        FuzzTarget.Holds(!endpoint.IsLoopback || dialled is not null, "Loopback, and refused.");
        return $"{endpoint.Address.HostNameType} {endpoint.IsLoopback}";
    }

    private static string Cursor(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (!PageCursor.TryRead(Secret, "posts", text, out var cursor)) return text.Length == 64 ? "refused" : "short";
        FuzzTarget.Holds(cursor.Write(Secret, "posts") == text, "Two spellings of a cursor.");
        return "read";
    }

    private static byte[] MakeKey()
    {
        var (key, secret) = Sodium.KeyPair(new byte[32]);
        var signature = Sodium.Sign(KeyChain.SignedBytes(key.AsNodeId(), key, default, default), secret);
        var none = Base64UrlText.Encode(new byte[32]);
        var statement = new KeyStatement(
            Base64UrlText.Encode(key.Value.ToArray()), none, none, Base64UrlText.Encode(signature));
        return JsonSerializer.SerializeToUtf8Bytes(
            new StoredKeys(1, none, none, none, [statement]), KeyJson.Default.StoredKeys);
    }

    private static byte[] Entries()
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            var manifest = new BackupManifest(1, KeyFile.TryRead(Key)!.NodeId.ToString(), 1, 1, 0);
            Add(BackupEntries.Manifest,
                JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest));
            Add(BackupEntries.NodeKey, Key);
            Add(BackupEntries.Database, [.. "no database"u8]);

            void Add(string name, byte[] content) => tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
        }

        return archive.ToArray();
    }

    // As BackupWriter seals, but with a key that costs nothing to derive.
    private static byte[] Backup(byte[] entries)
    {
        var (passes, memoryKib) = (1u, 8u);
        var salt = new byte[Sodium.PassphraseSaltBytes];
        var state = Sodium.BeginSealing(Sodium.DeriveKey(Passphrase, salt, passes, memoryKib), out var stream);
        var header = new byte[BackupHeader.Bytes];
        "anarchive/backup/v1\n"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), passes);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(24), memoryKib);
        stream.CopyTo(header, 28 + Sodium.PassphraseSaltBytes);
        using var file = new MemoryStream();
        file.Write(header);
        for (var at = 0; ; at += SealingStream.ChunkBytes)
        {
            var isLast = entries.Length - at <= SealingStream.ChunkBytes;
            var plain = entries.AsSpan(at, isLast ? entries.Length - at : SealingStream.ChunkBytes);
            var chunk = new byte[plain.Length + Sodium.StreamOverheadBytes];
            Sodium.Seal(state, plain, header, isLast, chunk);
            file.Write(chunk);
            if (isLast) return file.ToArray();
        }
    }

    private static string BackupFile(byte[] bytes)
    {
        // A header may ask for up to a gibibyte: allowed, and too dear to try ten thousand times.
        if (bytes.Length >= 28 && (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(20)) > 1
            || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(24)) is > 1024 and <= 1024 * 1024)) return "dear";
        var file = Path.Combine(Path.GetTempPath(), $"anarchive-fuzz-{Environment.ProcessId}.backup");
        System.IO.File.WriteAllBytes(file, bytes);
        try
        {
            return $"{BackupReader.Verify(file, Passphrase, _ => { }).Events}";
        }
        catch (BackupException refused)
        {
            return refused.Code;
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }
}
