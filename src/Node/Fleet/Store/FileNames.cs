using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>Names of files that came from elsewhere.</summary>
internal static class FileNames
{
    // What common file systems take (NAME_MAX), less room for a suffix.
    private const int BytesMax = 240;

    private const int SuffixesMax = 1000;

    /// <summary>
    /// A name as one line without slashes, control characters and leading dots, short enough for any file system; what
    /// is left of none is <paramref name="otherwise"/>.
    /// </summary>
    /// <remarks>It is a name alone: whatever it says, the file stays in the folder it is put into.</remarks>
    public static string Tidy(string? said, string otherwise)
    {
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in (said ?? "").EnumerateRunes())
        {
            if (rune.Value is '/' or '\\' or 0xFFFD || Rune.IsControl(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator)
                continue;
            if (kept.Length == 0 && (rune.Value == '.' || Rune.IsWhiteSpace(rune))) continue;
            if ((bytes += rune.Utf8SequenceLength) > BytesMax) break;
            kept.Append(rune.ToString());
        }

        var name = kept.ToString().TrimEnd();
        return name.Length == 0 ? otherwise : name;
    }

    /// <summary>The path, or the first with a short suffix before its extension that no file has.</summary>
    /// <exception cref="IOException">A thousand files have that name.</exception>
    public static string Free(string path)
    {
        if (FileStat.Of(path) is null) return path;
        var (folder, extension) = (Path.GetDirectoryName(path)!, Path.GetExtension(path));
        var stem = Path.GetFileNameWithoutExtension(path);
        for (var n = 2; n < SuffixesMax; n++)
        {
            var other = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem} ({n}){extension}"));
            if (FileStat.Of(other) is null) return other;
        }

        throw new IOException("Too many files have that name.");
    }
}
