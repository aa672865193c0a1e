using System.Text;
using System.Text.Json;
using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class QuickReaderProperties
{
    private const string Agent = """{"agent_id":"abcdefghij234567","name":"Ada","avatar":"https://x/"}""";

    // Pieces that make documents nearly right: repeated, foreign, escaped, null and wrongly typed members.
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", " ", "null", "1", "-0", "1.0", "true", "\"x\"", "\"\"", "\"agent\"", "\"name\"",
        "\"agent_id\"", "\"title\"", "\"content\"", "\"url\"", "\"voter\"", "\"value\"",
        "\"\\u0076oter\"", "\"\\ud800\"",
        "\"Agent\"", Agent, "\"agent\":" + Agent, "\"content\":\"x\"", "\"avatar\":null", "\"value\":1", "//",
    ];

    private static readonly (Kind Kind, string Json)[] Whole =
    [
        (new Kind("comment_created"), $$"""{"agent":{{Agent}},"content":"Text \"quoted\" é"}"""),
        (new Kind("post_created"), $$"""{"agent":{{Agent}},"title":"Title","content":"Text","url":"https://x/"}"""),
        (new Kind("vote_cast"), """{"voter":"abcdefghij234567","value":-1}"""),
    ];

    [Fact]
    public void Usual_payloads_are_read_quickly() =>
        Assert.All(Whole, whole =>
        {
            var document = Encoding.UTF8.GetBytes(whole.Json);
            Assert.NotNull(Quickly(whole.Kind, document));
            Assert.Equal(Strictly(whole.Kind, document), Quickly(whole.Kind, document));
        });

    [Fact]
    public void What_is_read_quickly_is_what_the_strict_reader_reads()
    {
        var choose = new Random(20_260_101);
        for (var run = 0; run < 4_000; run++)
        {
            var (kind, json) = Whole[run % Whole.Length];
            var document = Broken(json, choose);
            var strict = Strictly(kind, document);
            var quick = Quickly(kind, document);
            if (quick is not null) Assert.Equal(strict, quick);
            var valid = strict is not null && HiveRules.Check(strict) == PayloadFault.None ? strict : null;
            Assert.Equal(valid, HivePayloads.ReadPayload(kind, document));
        }
    }

    private static byte[] Broken(string json, Random choose)
    {
        var text = new StringBuilder(json);
        for (var edits = choose.Next(3); edits > 0; edits--)
        {
            var at = choose.Next(text.Length + 1);
            if (choose.Next(3) > 0) text.Insert(at, Pieces[choose.Next(Pieces.Length)]);
            else text.Remove(at, Math.Min(choose.Next(12), text.Length - at));
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (bytes.Length > 0 && choose.Next(3) == 0) bytes[choose.Next(bytes.Length)] = (byte)choose.Next(256);
        return bytes;
    }

    private static IHivePayload? Quickly(Kind kind, byte[] document)
    {
        try
        {
            return HivePayloads.ReadQuickly(kind, document);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IHivePayload? Strictly(Kind kind, byte[] document)
    {
        try
        {
            return HivePayloads.ReadStrictly(kind, document);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
