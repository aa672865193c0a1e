using System.Diagnostics.CodeAnalysis;

namespace Anarchive.Net;

/// <summary>What a content key names.</summary>
public enum KeyForm
{
    /// <summary>A file by OpenSubtitles' hash and its length: quick to make, and forgeable.</summary>
    Osh,

    /// <summary>A file by its SHA-256 root (BEP 52): the same in every torrent.</summary>
    Bt2,

    /// <summary>A file by a torrent's info hash (BEP 3) and its place therein.</summary>
    Bt1,

    /// <summary>A theme by the hash of its fingerprint.</summary>
    Theme,

    /// <summary>A film, series or episode by its number in a public catalogue.</summary>
    Work,
}

/// <summary>Names a file, a theme or a work without a path or a title.</summary>
/// <remarks>
/// ASCII in lower case, at most 96 bytes, one spelling each: no leading zeros in numbers. Grammar:
/// <code>
/// osh:16hex:bytes | bt2:64hex | bt1:40hex/index | thm:32hex | work:db:id[/season/episode]
/// </code>
/// where db is tvdb, tmdb, imdb, mal or anidb. Whoever holds a file, or guesses one, recognises its key.
/// </remarks>
public readonly record struct ContentKey
{
    public const int LengthMax = 96;

    /// <summary>Shorter files have no OpenSubtitles hash: it reads 64 KiB at both ends.</summary>
    public const long OshBytesMin = 131_072;

    private const int IndexMax = 99_999;

    private ContentKey(string text, KeyForm form) => (Text, Form) = (text, form);

    public string Text { get; }

    public KeyForm Form { get; }

    /// <summary>True for keys that everybody can read in a catalogue.</summary>
    public bool IsWork => Form == KeyForm.Work;

    /// <summary>False for anything but the one spelling of a key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentKey key)
    {
        key = default;
        if (text is null || text.Length > LengthMax) return false;
        KeyForm? form = text switch
        {
            _ when Rest(text, "osh:") is { } osh && IsOsh(osh) => KeyForm.Osh,
            _ when Rest(text, "bt2:") is { } root && IsHex(root, 64) => KeyForm.Bt2,
            _ when Rest(text, "bt1:") is { } file && IsBt1(file) => KeyForm.Bt1,
            _ when Rest(text, "thm:") is { } theme && IsHex(theme, 32) => KeyForm.Theme,
            _ when WorkId.TryParse(text, out _) => KeyForm.Work,
            _ => null,
        };
        if (form is not { } known) return false;
        key = new ContentKey(text, known);
        return true;
    }

    /// <summary>The key of an episode or film that is known to be well-formed.</summary>
    public static ContentKey Of(WorkId work) => new(work.ToString(), KeyForm.Work);

    public override string ToString() => Text;

    private static string? Rest(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static bool IsOsh(string text) =>
        text.Length > 17 && text[16] == ':' && IsHex(text[..16], 16)
        && KeyNumber.TryRead(text.AsSpan(17), long.MaxValue) >= OshBytesMin;

    private static bool IsBt1(string text) =>
        text.Length > 41 && text[40] == '/' && IsHex(text[..40], 40)
        && KeyNumber.TryRead(text.AsSpan(41), IndexMax) is not null;

    private static bool IsHex(string text, int length)
    {
        if (text.Length != length) return false;
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c)) return false;
        return true;
    }
}
