using System.Globalization;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Microsoft.AspNetCore.Components;

namespace Anarchive.Web;

/// <summary>
/// Says sentences in the language of the page being drawn. All text that pages show goes through here; what is kept,
/// logged or answered to programs never does.
/// </summary>
internal static partial class Speech
{
    /// <summary>The sentence as plain text.</summary>
    public static string T(Sentence sentence)
    {
        if (Languages.Current.Catalog is not { } catalog) return sentence.ToString();
        return Fill(catalog.Find(sentence.Template) ?? sentence.Template, sentence.Values);
    }

    /// <summary>
    /// The sentence for so many: <paramref name="one"/> of one, <paramref name="other"/> of none or more.
    /// </summary>
    public static string N(long count, Sentence one, Sentence other)
    {
        var meant = count == 1 ? one : other;
        if (Languages.Current.Catalog is not { } catalog) return meant.ToString();
        return Fill(catalog.Find(count, one.Template, other.Template) ?? meant.Template, meant.Values);
    }

    /// <summary>The sentence with elements in it, such as a link, which stand where its language has them.</summary>
    public static RenderFragment M(Sentence sentence) => builder =>
    {
        var template = Languages.Current.Catalog?.Find(sentence.Template) ?? sentence.Template;
        foreach (var piece in Pieces().Split(template))
        {
            if (piece.Length > 2 && piece[0] == '{' && piece[^1] == '}' && piece[1] != '{')
            {
                var value = sentence.Values[int.Parse(piece[1..^1], CultureInfo.InvariantCulture)];
                if (value is RenderFragment element) builder.AddContent(0, element);
                else builder.AddContent(1, Plain(value));
            }
            else
            {
                builder.AddContent(2, piece.Replace("{{", "{").Replace("}}", "}"));
            }
        }
    };

    /// <summary>A name or text of somebody's, apart from the direction of the sentence around it.</summary>
    public static RenderFragment Bdi(string? text) => Element("bdi", text);

    public static RenderFragment Strong(string? text) => Element("strong", text, "dir", "auto");

    public static RenderFragment Code(string? text) => Element("code", text);

    public static RenderFragment A(string href, string text) => Element("a", text, "href", href);

    private static RenderFragment Element(string name, string? text, string? attribute = null, string? value = null) =>
        builder =>
        {
            builder.OpenElement(0, name);
            if (attribute is not null) builder.AddAttribute(1, attribute, value);
            builder.AddContent(2, text);
            builder.CloseElement();
        };

    private static string Fill(string template, IReadOnlyList<object> values) =>
        string.Format(CultureInfo.InvariantCulture, template, [.. values.Select(v => (object?)Plain(v))]);

    private static string Plain(object value) => value switch
    {
        Sentence inner => T(inner),
        RenderFragment => throw new InvalidOperationException("A sentence with elements in it is said by M."),
        _ => value.ToString() ?? "",
    };

    [GeneratedRegex(@"((?<!\{)\{\d+\})")]
    private static partial Regex Pieces();
}
