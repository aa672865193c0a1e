using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>In which spelling a passphrase is the one that is kept.</summary>
internal enum PassphraseMatch
{
    None,

    /// <summary>In the one that every spelling of it comes to.</summary>
    Prepared,

    /// <summary>In the one it was typed in, which another keyboard may not give: it was kept unprepared.</summary>
    AsTyped,
}

/// <summary>The rule of the owner's passphrase, and its hash by Argon2id.</summary>
/// <remarks>
/// Keyboards spell one text in several ways, so it is prepared as RFC 8265, section 4.2 (OpaqueString) has it. What was
/// kept of it before that goes on to serve as it was typed then.
/// </remarks>
public static class OwnerPassphrase
{
    public const int CharactersMin = 12;

    // Each guess takes 64 MiB for a moment. Few at a time, so that guessers cannot fill the memory of a small machine.
    private const int WaitingMax = 16;

    private static readonly SemaphoreSlim OneAtATime = new(1);

    private static int _waiting;

    /// <summary>Too many passphrases are being looked at.</summary>
    public static Problem Busy { get; } =
        new("too_many_attempts", 429, "Too many passphrases were tried just now. Wait a moment and try again.");

    /// <summary>Why a new passphrase cannot be one; null where it can.</summary>
    public static Problem? Check(string passphrase, string again)
    {
        // What is too long is not prepared, which takes the longer the more there is.
        if (IsTooLong(passphrase) || IsTooLong(again)) return Passphrases.Long;
        (passphrase, again) = (Prepared(passphrase), Prepared(again));
        if (passphrase.Trim().Length < CharactersMin)
            return new Problem(
                "passphrase_short", 400, $"A passphrase has at least {CharactersMin} characters; four words do well.");
        return Passphrases.Check(passphrase, again);
    }

    /// <summary>
    /// The same for every way of spelling it: any space is a space, and accents stand with their letters.
    /// </summary>
    internal static string Prepared(string passphrase) => CanonicalText.Compose(string.Concat(
        passphrase.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c)));

    /// <summary>The text that is kept of it; null where too many wait.</summary>
    internal static Task<string?> HashAsync(string passphrase) =>
        InTurnAsync<string?>(() => Sodium.HashPassphrase(Encoding.UTF8.GetBytes(Prepared(passphrase))));

    /// <summary>Null where too many wait.</summary>
    internal static async Task<PassphraseMatch?> IsAsync(string kept, string passphrase)
    {
        // What can be none is neither prepared nor hashed, however long it is.
        if (IsTooLong(passphrase)) return PassphraseMatch.None;
        var prepared = Prepared(passphrase);
        return await InTurnAsync<PassphraseMatch?>(() => Is(kept, passphrase)
            ? passphrase == prepared ? PassphraseMatch.Prepared : PassphraseMatch.AsTyped
            : passphrase != prepared && Is(kept, prepared) ? PassphraseMatch.Prepared
            : PassphraseMatch.None);
    }

    private static bool IsTooLong(string passphrase) => Encoding.UTF8.GetByteCount(passphrase) > Passphrases.BytesMax;

    private static bool Is(string kept, string passphrase) =>
        Sodium.IsPassphrase(kept, Encoding.UTF8.GetBytes(passphrase));

    private static async Task<T?> InTurnAsync<T>(Func<T> work)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > WaitingMax) return default;
            await OneAtATime.WaitAsync();
            try
            {
                return await Task.Run(work);
            }
            finally
            {
                OneAtATime.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
