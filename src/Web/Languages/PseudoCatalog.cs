using System.Text;

namespace Anarchive.Web;

/// <summary>
/// English between brackets, with accents and a third longer: on a page drawn with it, a text without brackets was
/// never written down for translation, and a layout that breaks will break in a longer language as well.
/// </summary>
internal sealed class PseudoCatalog : ICatalog
{
    private const string Plain = "aeiouyAEIOUYcnsz";
    private const string Accented = "áéíóúýÁÉÍÓÚÝçñšž";

    public string Find(string template)
    {
        var text = new StringBuilder("⟦");
        var depth = 0;
        foreach (var letter in template)
        {
            depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
            var at = depth == 0 ? Plain.IndexOf(letter, StringComparison.Ordinal) : -1;
            text.Append(at < 0 ? letter : Accented[at]);
        }

        for (var more = 0; more < template.Length / 3; more++) text.Append(more % 9 == 8 ? ' ' : '~');
        return text.Append('⟧').ToString();
    }

    public string Find(long count, string one, string other) => Find(count == 1 ? one : other);
}
