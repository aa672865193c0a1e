using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <content>
/// Boxes for one reader whose sender nobody learns: X25519 and XSalsa20-Poly1305 under a key made for each box
/// (libsodium's sealed boxes, https://doc.libsodium.org/public-key_cryptography/sealed_boxes).
/// </content>
internal static partial class Sodium
{
    public const int BoxKeyBytes = 32;

    /// <summary>What a box adds to its content: the key made for it, and a Poly1305 code.</summary>
    public const int BoxOverheadBytes = 48;

    /// <summary>Derives the key pair of a seed of 32 bytes.</summary>
    public static (byte[] Public, byte[] Secret) BoxKeyPair(ReadOnlySpan<byte> seed)
    {
        _ = Tested.Value;
        if (seed.Length != SeedBytes) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        var (publicKey, secretKey) = (new byte[BoxKeyBytes], new byte[BoxKeyBytes]);
        Expect(BoxSeedKeyPair(publicKey, secretKey, seed));
        return (publicKey, secretKey);
    }

    /// <summary>The box; null for a key that no reader can have, such as a point of small order.</summary>
    public static byte[]? SealBox(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> publicKey)
    {
        _ = Tested.Value;
        if (publicKey.Length != BoxKeyBytes) throw new ArgumentException("A key has 32 bytes.", nameof(publicKey));
        var box = new byte[plain.Length + BoxOverheadBytes];
        return BoxSeal(box, plain, (ulong)plain.Length, publicKey) == 0 ? box : null;
    }

    /// <summary>The content; null where it was not sealed for that key, or not as it is.</summary>
    public static byte[]? OpenBox(ReadOnlySpan<byte> box, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> secretKey)
    {
        _ = Tested.Value;
        if (box.Length < BoxOverheadBytes) return null;
        var plain = new byte[box.Length - BoxOverheadBytes];
        return BoxSealOpen(plain, box, (ulong)box.Length, publicKey, secretKey) == 0 ? plain : null;
    }

    [LibraryImport(Library, EntryPoint = "crypto_box_seed_keypair")]
    private static partial int BoxSeedKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Library, EntryPoint = "crypto_box_seal")]
    private static partial int BoxSeal(
        Span<byte> box, ReadOnlySpan<byte> plain, ulong plainLength, ReadOnlySpan<byte> publicKey);

    [LibraryImport(Library, EntryPoint = "crypto_box_seal_open")]
    private static partial int BoxSealOpen(
        Span<byte> plain, ReadOnlySpan<byte> box, ulong boxLength, ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> secretKey);
}
