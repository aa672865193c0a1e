using System.Collections.Frozen;
using System.Globalization;

namespace Anarchive.Web;

/// <summary>The languages that pages are written in.</summary>
internal static class Languages
{
    /// <summary>A way to see what was never written down for translation: not offered, for tests alone.</summary>
    public const string Pseudo = "qps-ploc";

    /// <summary>Those a person can choose, English first.</summary>
    public static IReadOnlyList<Language> Offered { get; } =
    [
        new("en", "English", null),
        new("de", "Deutsch", Catalog.Embedded("de"))
        {
            Numbers = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." },
        },
    ];

    private static readonly FrozenDictionary<string, Language> ByCode = Offered
        .Append(new Language(Pseudo, "Pseudo", new PseudoCatalog()))
        .ToFrozenDictionary(l => l.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>That of the page being drawn.</summary>
    public static Language Current =>
        ByCode.GetValueOrDefault(CultureInfo.CurrentUICulture.Name) ?? Offered[0];

    public static bool Knows(string? code) => code is not null && ByCode.ContainsKey(code);
}
