using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <content>
/// Keys from passphrases by Argon2id (RFC 9106), and streams sealed in chunks by XChaCha20-Poly1305 (libsodium's
/// secretstream, https://doc.libsodium.org/secret-key_cryptography/secretstream).
/// </content>
internal static partial class Sodium
{
    public const int PassphraseSaltBytes = 16;
    public const int StreamHeaderBytes = 24;
    public const int StreamKeyBytes = 32;

    /// <summary>What sealing adds to a chunk: a tag byte and a Poly1305 code.</summary>
    public const int StreamOverheadBytes = 17;

    private const int StreamStateBytes = 52;
    private const int Argon2Id13 = 2;
    private const byte LastChunk = 3;

    /// <summary>The key of a passphrase; takes the memory and about a second on purpose.</summary>
    public static byte[] DeriveKey(
        ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, uint passes, uint memoryKib)
    {
        _ = Tested.Value;
        if (salt.Length != PassphraseSaltBytes) throw new ArgumentException("A salt has 16 bytes.", nameof(salt));
        var key = new byte[StreamKeyBytes];
        var result = PasswordHash(
            key, StreamKeyBytes, passphrase, (ulong)passphrase.Length, salt, passes, (nuint)memoryKib * 1024,
            Argon2Id13);
        return result == 0 ? key : throw new BackupException(
            "not_enough_memory", "This machine has too little free memory for the passphrase: it takes 256 MiB.");
    }

    /// <summary>Begins a sealed stream; its header goes to the reader in the clear.</summary>
    public static byte[] BeginSealing(ReadOnlySpan<byte> key, out byte[] header)
    {
        _ = Tested.Value;
        var state = new byte[StreamStateBytes];
        header = new byte[StreamHeaderBytes];
        Expect(InitPush(state, header, key));
        return state;
    }

    public static byte[] BeginOpening(ReadOnlySpan<byte> key, ReadOnlySpan<byte> header)
    {
        _ = Tested.Value;
        var state = new byte[StreamStateBytes];
        Expect(InitPull(state, header, key));
        return state;
    }

    public static void Seal(
        byte[] state, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, bool isLast, Span<byte> chunk) =>
        Expect(Push(
            state, chunk, out _, plain, (ulong)plain.Length, associated, (ulong)associated.Length,
            isLast ? LastChunk : (byte)0));

    /// <summary>False where the chunk was not sealed by this key at this place of the stream.</summary>
    public static bool TryOpen(
        byte[] state, ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> associated, Span<byte> plain, out bool isLast)
    {
        var opened = Pull(
            state, plain, out _, out var tag, chunk, (ulong)chunk.Length, associated, (ulong)associated.Length) == 0;
        isLast = opened && tag == LastChunk;
        return opened;
    }

    [LibraryImport(Library, EntryPoint = "crypto_pwhash")]
    private static partial int PasswordHash(
        Span<byte> key, ulong keyLength, ReadOnlySpan<byte> passphrase, ulong passphraseLength,
        ReadOnlySpan<byte> salt, ulong passes, nuint memoryBytes, int algorithm);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_init_push")]
    private static partial int InitPush(Span<byte> state, Span<byte> header, ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_push")]
    private static partial int Push(
        Span<byte> state, Span<byte> chunk, out ulong chunkLength, ReadOnlySpan<byte> plain, ulong plainLength,
        ReadOnlySpan<byte> associated, ulong associatedLength, byte tag);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_init_pull")]
    private static partial int InitPull(Span<byte> state, ReadOnlySpan<byte> header, ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "crypto_secretstream_xchacha20poly1305_pull")]
    private static partial int Pull(
        Span<byte> state, Span<byte> plain, out ulong plainLength, out byte tag, ReadOnlySpan<byte> chunk,
        ulong chunkLength, ReadOnlySpan<byte> associated, ulong associatedLength);
}
