using System.Security.Cryptography;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Something that lets its bearer in until it ends: kept as the hash of 32 random bytes.</summary>
public abstract record AccessPass(Hash256 Hash)
{
    private const int Bytes = 32;
    private const int IdLength = 12;

    // A long-lived socket goes with what let it in.
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first characters of its hash, by which the owner speaks of it.</summary>
    public string Id => Hash.ToString()[..IdLength];

    /// <summary>Done once it lets nobody in any more.</summary>
    public Task Ended => _ended.Task;

    internal void End() => _ended.TrySetResult();

    /// <summary>A fresh secret.</summary>
    internal static string Make(string prefix) => prefix + Base64UrlText.Encode(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash a presented secret would have here; null where it has not the form of one.</summary>
    internal static Hash256? HashOf(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal)
        && Base64UrlText.TryDecode(text[prefix.Length..], Bytes, out _)
            ? Hash256.Sha256(Encoding.UTF8.GetBytes(text))
            : null;
}

/// <summary>A browser that is signed in.</summary>
/// <param name="Browser">What it called itself, in a few words.</param>
/// <param name="Address">From where it signed in.</param>
/// <param name="UsedDay">The last day (UTC, since 1970) it asked for something.</param>
public sealed record AccessSession(Hash256 Hash, string Browser, string Address, long SinceMs, long UsedDay)
    : AccessPass(Hash)
{
    public const long LifetimeMs = 30L * 24 * 3_600_000;

    internal const string Prefix = "";

    public long ExpiresMs => SinceMs + LifetimeMs;

    // Never the hash: it is all that stands for the session here.
    public override string ToString() => Id;
}

/// <summary>What a program shows instead of a session.</summary>
public sealed record AccessToken(Hash256 Hash, string Name, AccessScope Scope, long MadeMs, long? UsedDay)
    : AccessPass(Hash)
{
    internal const string Prefix = "aat1";

    public override string ToString() => Id;
}
