using System.Collections.Frozen;
using System.Globalization;

namespace Anarchive.Web;

/// <summary>How pages speak: the code as browsers write it, its own name, and what it has for English.</summary>
/// <param name="Code">An IETF language tag (BCP 47).</param>
/// <param name="Name">What its speakers call it.</param>
/// <param name="Catalog">Its texts; null for English itself.</param>
internal sealed record Language(string Code, string Name, ICatalog? Catalog)
{
    /// <summary>What stands before the tenths.</summary>
    public NumberFormatInfo Numbers { get; init; } = NumberFormatInfo.InvariantInfo;
}

/// <summary>Templates of one language by the English ones.</summary>
internal interface ICatalog
{
    /// <summary>The template to fill; null where there is none.</summary>
    string? Find(string template);

    /// <summary>The template for so many; null where there is none.</summary>
    string? Find(long count, string one, string other);
}

/// <summary>A catalog read from PO files (GNU gettext manual, "The Format of PO Files").</summary>
internal sealed class Catalog(IEnumerable<PoEntry> entries) : ICatalog
{
    // Short words may stand in the files of several areas.
    private readonly FrozenDictionary<string, PoEntry> _entries =
        entries.DistinctBy(e => e.Key).ToFrozenDictionary(e => e.Key);

    public IReadOnlyCollection<PoEntry> Entries => _entries.Values;

    /// <summary>All PO files of one language in this program.</summary>
    public static Catalog Embedded(string code)
    {
        var assembly = typeof(Catalog).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith($"languages/{code}/", StringComparison.Ordinal));
        return new Catalog(files.Order(StringComparer.Ordinal).SelectMany(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return PoFile.Read(reader.ReadToEnd());
        }));
    }

    public string? Find(string template) => _entries.GetValueOrDefault(template)?.Forms[0];

    public string? Find(long count, string one, string other) =>
        // One and many: the rule of English and German alike. A language with another brings its rule along.
        _entries.GetValueOrDefault(PoEntry.KeyOf(one, other))?.Forms[count == 1 ? 0 : 1];
}
