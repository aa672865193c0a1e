using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>What pages say in another language.</summary>
public sealed partial class LanguageTests
{
    private static readonly SentenceScan Scan = new(typeof(Speech).Assembly, typeof(Sentence).Assembly);

    private static Catalog German => (Catalog)Languages.Offered.Single(l => l.Code == "de").Catalog!;

    [Fact]
    public void Every_text_of_a_page_is_there_in_German()
    {
        var known = German.Entries.Select(e => e.Key).ToHashSet();
        var missing = Scan.Keys.Where(IsText).Where(key => !known.Contains(key)).Select(AsEntry).ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} texts to translate:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void No_catalog_keeps_what_is_said_no_more()
    {
        var stale = German.Entries.Where(e => !Scan.Keys.Contains(e.Key)).Select(e => AsEntry(e.Key)).ToList();
        Assert.True(stale.Count == 0, $"Said no more:\n{string.Join('\n', stale)}");
    }

    [Fact]
    public void Every_form_has_the_holes_of_its_English()
    {
        foreach (var entry in German.Entries)
        {
            var holes = HolesOf(entry.PluralId ?? entry.Id);
            foreach (var form in entry.Forms.Skip(entry.PluralId is null ? 0 : 1))
                Assert.True(holes.SetEquals(HolesOf(form)), $"Other holes: {entry.Id} / {form}");
            Assert.True(HolesOf(entry.Id).IsSupersetOf(HolesOf(entry.Forms[0])), $"A hole too many: {entry.Id}");
        }
    }

    [Fact]
    public void No_sentence_is_made_of_texts_put_together_before() =>
        Assert.True(Scan.Unsayable.Count == 0, string.Join('\n', Scan.Unsayable));

    /// <summary>Signs and bare values read the same everywhere.</summary>
    private static bool IsText(string key) => Hole().Replace(key, "").Any(char.IsLetter);

    private static HashSet<string> HolesOf(string template) => [.. Hole().Matches(template).Select(m => m.Value)];

    private static string AsEntry(string key) => key.Split('\u0004') is [var one, var other]
        ? $"msgid \"{Escape(one)}\"\nmsgid_plural \"{Escape(other)}\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n"
        : $"msgid \"{Escape(key)}\"\nmsgstr \"\"\n";

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    [GeneratedRegex(@"(?<!\{)\{\d+\}")]
    private static partial Regex Hole();
}
