using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Anarchive.Node;

/// <summary>
/// A text for people that keeps its template apart from the values in it, so that a page can say it in another
/// language: <c>$"The volume {name} is not there."</c> has the template <c>The volume {0} is not there.</c>
/// Whoever asks for it as text gets English; so do programs, logs and commands.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sentence : IEquatable<Sentence>
{
    // Nearly all are constants, and a page has hundreds: of them nothing is built.
    private readonly string? _constant;
    private readonly StringBuilder? _template;
    private readonly List<object> _values = [];

    /// <summary>What the compiler calls for an interpolated string.</summary>
    /// <param name="literalLength">Characters between the holes.</param>
    /// <param name="formattedCount">The number of holes.</param>
    public Sentence(int literalLength, int formattedCount)
    {
        _template = new StringBuilder(literalLength + 3 * formattedCount);
        _values.Capacity = formattedCount;
    }

    private Sentence(string text) => _constant = text;

    /// <summary>The English text with numbered holes, as <see cref="CompositeFormat"/> reads it.</summary>
    public string Template => _template?.ToString() ?? Escaped(_constant!);

    /// <summary>Nothing is said.</summary>
    public bool IsEmpty => (_constant?.Length ?? _template!.Length) == 0;

    /// <summary>What stands in the holes, in order: texts, sentences, or what a page draws itself.</summary>
    public IReadOnlyList<object> Values => _values;

    public static implicit operator Sentence(string text) => FromString(text);

    public static Sentence FromString(string text) => new(text);

    public void AppendLiteral(string value) => _template!.Append(Escaped(value));

    public void AppendFormatted<TValue>(TValue value) => AppendFormatted(value, null);

    public void AppendFormatted<TValue>(TValue value, string? format)
    {
        _template!.Append('{').Append(_values.Count).Append('}');
        _values.Add(value switch
        {
            null => "",
            IFormattable formattable => formattable.ToString(format, CultureInfo.InvariantCulture),
            _ => value,
        });
    }

    public bool Equals(Sentence? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Sentence);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text in English.</summary>
    public override string ToString() =>
        _constant
        ?? string.Format(CultureInfo.InvariantCulture, Template, [.. _values.Select(v => (object?)v.ToString())]);

    private static string Escaped(string literal) =>
        literal.AsSpan().ContainsAny('{', '}') ? literal.Replace("{", "{{").Replace("}", "}}") : literal;
}
