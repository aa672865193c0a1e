using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// The clear beginning of a backup: magic (20 bytes) ‖ Argon2id passes (u32) ‖ memory in KiB (u32) ‖ salt (16) ‖ stream
/// header (24), integers big-endian. Every chunk is sealed with it as associated data.
/// </summary>
internal sealed class BackupHeader
{
    public const int Bytes = 20 + 4 + 4 + Sodium.PassphraseSaltBytes + Sodium.StreamHeaderBytes;

    private const uint Passes = 3;
    private const uint MemoryKib = 256 * 1024;

    // A foreign header must not cost more than this to try.
    private const uint PassesMax = 10;
    private const uint MemoryKibMax = 1024 * 1024;
    private const uint MemoryKibMin = 8;

    private BackupHeader(byte[] bytes) => Written = bytes;

    public byte[] Written { get; }

    private static ReadOnlySpan<byte> Magic => "anarchive/backup/v1\n"u8;

    /// <summary>Begins a new sealed stream under a passphrase.</summary>
    public static (BackupHeader Header, byte[] State) Create(ReadOnlySpan<byte> passphrase, IRandomSource random)
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), Passes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), MemoryKib);
        var salt = bytes.AsSpan(28, Sodium.PassphraseSaltBytes);
        random.Fill(salt);
        var state = Sodium.BeginSealing(Sodium.DeriveKey(passphrase, salt, Passes, MemoryKib), out var stream);
        stream.CopyTo(bytes, 28 + Sodium.PassphraseSaltBytes);
        return (new BackupHeader(bytes), state);
    }

    /// <exception cref="BackupException"><c>not_a_backup</c>.</exception>
    public static (BackupHeader Header, byte[] State) Read(Stream from, ReadOnlySpan<byte> passphrase)
    {
        var bytes = new byte[Bytes];
        var got = from.ReadAtLeast(bytes, Bytes, throwOnEndOfStream: false);
        var passes = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(20));
        var memory = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(24));
        if (got < Bytes || !bytes.AsSpan().StartsWith(Magic)
            || passes is 0 or > PassesMax || memory is < MemoryKibMin or > MemoryKibMax)
            throw new BackupException("not_a_backup", "This file is not a backup of a node.");
        var key = Sodium.DeriveKey(passphrase, bytes.AsSpan(28, Sodium.PassphraseSaltBytes), passes, memory);
        var state = Sodium.BeginOpening(key, bytes.AsSpan(28 + Sodium.PassphraseSaltBytes));
        return (new BackupHeader(bytes), state);
    }
}
