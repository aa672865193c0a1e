using System.Text;

namespace Anarchive.Node;

/// <summary>The rule of the owner's passphrase, and its hash by Argon2id.</summary>
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
        if (passphrase.Trim().Length < CharactersMin)
            return new Problem(
                "passphrase_short", 400, $"A passphrase has at least {CharactersMin} characters; four words do well.");
        return Passphrases.Check(passphrase, again);
    }

    /// <summary>The text that is kept of it; null where too many wait.</summary>
    internal static Task<string?> HashAsync(string passphrase) =>
        InTurnAsync<string?>(() => Sodium.HashPassphrase(Encoding.UTF8.GetBytes(passphrase)));

    /// <summary>Null where too many wait.</summary>
    internal static async Task<bool?> IsAsync(string kept, string passphrase)
    {
        var bytes = Encoding.UTF8.GetBytes(passphrase);
        // What can be none is not hashed, however long it is.
        if (bytes.Length > Passphrases.BytesMax) return false;
        return await InTurnAsync<bool?>(() => Sodium.IsPassphrase(kept, bytes));
    }

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
