using System.Text.Json.Nodes;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>
/// The schema files agree with the types. ANARCHIVE_WRITE_SCHEMAS=1 writes them anew.
/// </summary>
public sealed class NetSchemaTests
{
    private const string Folder = "docs/schema/net/";

    [Fact]
    public void Every_schema_file_says_what_the_types_say()
    {
        var expected = NetSchemas.All().ToDictionary(s => $"{Folder}{s.Name}.json", s => NetSchemas.Text(s.Schema));
        if (Environment.GetEnvironmentVariable("ANARCHIVE_WRITE_SCHEMAS") == "1")
        {
            Directory.CreateDirectory(Checkout.PathOf(Folder));
            foreach (var (file, text) in expected) File.WriteAllText(Checkout.PathOf(file), text);
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), Checkout.Files("docs/schema/net", ".json"));
        foreach (var (file, text) in expected) Assert.Equal(text, Checkout.Read(file));
    }

    [Fact]
    public void Every_member_is_bounded_and_none_holds_free_text()
    {
        foreach (var (name, schema) in NetSchemas.All())
        {
            Assert.False((bool)schema["additionalProperties"]!, name);
            foreach (var (member, node) in Members(schema))
            {
                var rule = (JsonObject)node!;
                var isClosed = rule.ContainsKey("enum") || rule.ContainsKey("const") || rule.ContainsKey("pattern")
                    || rule.ContainsKey("maximum") || rule.ContainsKey("maxItems") || rule.ContainsKey("properties")
                    || rule.ContainsKey("contentEncoding");
                Assert.True(isClosed, $"{name}: {member} takes anything: {rule.ToJsonString()}");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonObject schema)
    {
        foreach (var member in (JsonObject)schema["properties"]!)
        {
            yield return member;
            var inner = member.Value?["items"] as JsonObject ?? member.Value as JsonObject;
            if (inner?["properties"] is not null)
                foreach (var below in Members(inner)) yield return below;
        }
    }
}
