using System.Runtime.InteropServices;
using System.Text;

namespace Anarchive.Node;

/// <content>
/// Passphrases that are only ever compared, by Argon2id in libsodium's own text form
/// (https://doc.libsodium.org/password_hashing/default_phf).
/// </content>
internal static partial class Sodium
{
    private const int PassphraseTextBytes = 128;

    // RFC 9106, section 4, the second recommendation: a guess costs as much here as for whoever stole the database.
    private const ulong ComparePasses = 3;
    private const int CompareMemoryBytes = 64 * 1024 * 1024;

    /// <summary>What is kept of a passphrase: its salt, the cost, and the hash.</summary>
    public static string HashPassphrase(ReadOnlySpan<byte> passphrase)
    {
        _ = Tested.Value;
        Span<byte> text = stackalloc byte[PassphraseTextBytes];
        return PassphraseText(text, passphrase, (ulong)passphrase.Length, ComparePasses, CompareMemoryBytes) == 0
            ? Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)])
            : throw new InsufficientMemoryException("A passphrase takes 64 MiB to be looked at.");
    }

    /// <summary>True for the passphrase that was kept so.</summary>
    public static bool IsPassphrase(string kept, ReadOnlySpan<byte> passphrase)
    {
        _ = Tested.Value;
        Span<byte> text = stackalloc byte[PassphraseTextBytes];
        text.Clear();
        // Longer than any it wrote: the last byte ends the text.
        if (kept.Length >= PassphraseTextBytes) return false;
        Encoding.ASCII.GetBytes(kept, text);
        return IsPassphraseText(text, passphrase, (ulong)passphrase.Length) == 0;
    }

    [LibraryImport(Library, EntryPoint = "crypto_pwhash_str")]
    private static partial int PassphraseText(
        Span<byte> text, ReadOnlySpan<byte> passphrase, ulong passphraseLength, ulong passes, nuint memoryBytes);

    [LibraryImport(Library, EntryPoint = "crypto_pwhash_str_verify")]
    private static partial int IsPassphraseText(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> passphrase, ulong passphraseLength);
}
