using System.Runtime.InteropServices;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Ed25519 (RFC 8032) by libsodium. Its behaviour is tested once, before its first use.</summary>
internal static partial class Sodium
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = 32;
    public const int SecretKeyBytes = 64;
    public const int SignatureBytes = 64;

    private const string Library = "libsodium.so.23";

    private static readonly Lazy<bool> Tested = new(Test);

    static Sodium()
    {
        var handle = SystemLibraries.Load(Library, out var isSystem);
        IsSystemLibrary = isSystem;
        NativeLibrary.SetDllImportResolver(
            typeof(Sodium).Assembly, (name, _, _) => name == Library ? handle : 0);
    }

    /// <summary>True where the distribution keeps it patched.</summary>
    internal static bool IsSystemLibrary { get; }

    /// <summary>Derives the key pair of a seed; the secret key is seed ‖ public key.</summary>
    public static (PublicKey Public, byte[] Secret) KeyPair(ReadOnlySpan<byte> seed)
    {
        _ = Tested.Value;
        return RawKeyPair(seed);
    }

    public static byte[] Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        _ = Tested.Value;
        return RawSign(message, secretKey);
    }

    public static bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        _ = Tested.Value;
        return RawVerify(key, message, signature);
    }

    internal static (PublicKey Public, byte[] Secret) RawKeyPair(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        Span<byte> publicKey = stackalloc byte[PublicKeyBytes];
        var secretKey = new byte[SecretKeyBytes];
        Expect(SeedKeyPair(publicKey, secretKey, seed));
        return (new PublicKey(new Hash256(publicKey)), secretKey);
    }

    internal static byte[] RawSign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != SecretKeyBytes)
            throw new ArgumentException("A secret key has 64 bytes.", nameof(secretKey));
        var signature = new byte[SignatureBytes];
        Expect(SignDetached(signature, 0, message, (ulong)message.Length, secretKey));
        return signature;
    }

    internal static bool RawVerify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes) return false;
        Span<byte> publicKey = stackalloc byte[PublicKeyBytes];
        key.Value.CopyTo(publicKey);
        return VerifyDetached(signature, message, (ulong)message.Length, publicKey) == 0;
    }

    private static bool Test()
    {
        try
        {
            if (Init() < 0)
                throw new StartRefusedException("sodium_failed", "libsodium does not start on this machine.");
        }
        catch (DllNotFoundException missing)
        {
            throw new StartRefusedException("sodium_missing", "Install libsodium (package libsodium23).", missing);
        }

        return SodiumSelfTest.Passes()
            ? true
            : throw new StartRefusedException(
                "sodium_unsafe",
                "This libsodium accepts signatures it must refuse: install the distribution's package.");
    }

    private static void Expect(int result)
    {
        if (result != 0) throw new InvalidOperationException("libsodium refused valid arguments.");
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "crypto_sign_seed_keypair")]
    private static partial int SeedKeyPair(Span<byte> publicKey, Span<byte> secretKey, ReadOnlySpan<byte> seed);

    [LibraryImport(Library, EntryPoint = "crypto_sign_detached")]
    private static partial int SignDetached(
        Span<byte> signature, nint lengthOut, ReadOnlySpan<byte> message, ulong length, ReadOnlySpan<byte> secretKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_verify_detached")]
    private static partial int VerifyDetached(
        ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong length, ReadOnlySpan<byte> publicKey);
}

/// <summary>Checks signatures with libsodium; safe from any thread.</summary>
public sealed class SodiumVerifier : IVerifier
{
    public bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Sodium.Verify(key, message, signature);
}
