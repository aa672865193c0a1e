using Anarchive.Hives;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class AgentRegistryTests : IAsyncLifetime
{
    private readonly HiveNode _node = new();

    private static CancellationToken Cancellation => HiveNode.Cancellation;

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_key_opens_its_agent_and_no_changed_key_does()
    {
        var (agent, key, _) = await _node.Agents.RegisterAsync(" Ann ", "https://example.org/a.png", Cancellation);
        Assert.Equal(agent, _node.Agents.ByApiKey(key!));
        Assert.Equal(("Ann", agent), (agent!.Name, _node.Agents.Find(agent.Id)));
        Assert.True(HiveRules.IsAgentId(agent.Id));
        for (var i = 0; i < key!.Length; i++)
            Assert.Null(_node.Agents.ByApiKey(key[..i] + (key[i] == 'a' ? 'b' : 'a') + key[(i + 1)..]));
        string[] wrongs = ["", ".", key + "a", key[1..], key.ToUpperInvariant(), new string('a', key.Length)];
        foreach (var wrong in wrongs)
            Assert.Null(_node.Agents.ByApiKey(wrong));
    }

    [Fact]
    public async Task A_key_of_one_agent_does_not_open_another()
    {
        var (ann, _, _) = await _node.Agents.RegisterAsync("Ann", null, Cancellation);
        var (_, key, _) = await _node.Agents.RegisterAsync("Bob", null, Cancellation);
        Assert.Null(_node.Agents.ByApiKey(ann!.Id + key![ann.Id.Length..]));
    }

    [Fact]
    public async Task The_key_itself_is_not_kept()
    {
        var (agent, key, _) = await _node.Agents.RegisterAsync("Ann", null, Cancellation);
        using var db = _node.Get<Database>().OpenReader();
        var hash = db.QuerySingle<byte[]>("SELECT key_hash FROM agents WHERE id = @Id", new { agent!.Id });
        Assert.Equal(32, hash.Length);
        Assert.DoesNotContain(Anarchive.Log.Base32.Encode(hash), key!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "bad_name")]
    [InlineData("  ", null, "bad_name")]
    [InlineData("a\nb", null, "bad_name")]
    [InlineData("\u202Enimda", null, "bad_name")]
    [InlineData("Ann", "javascript:alert(1)", "bad_url")]
    [InlineData("Ann", "data:image/png;base64,", "bad_url")]
    public async Task A_bad_name_or_picture_registers_nobody(string name, string? avatar, string code)
    {
        var (agent, key, problem) = await _node.Agents.RegisterAsync(name, avatar, Cancellation);
        Assert.Equal((null, null, code), (agent, key, problem!.Code));
        using var db = _node.Get<Database>().OpenReader();
        Assert.Equal(0, db.QuerySingle<long>("SELECT count(*) FROM agents"));
    }

    [Fact]
    public async Task The_owner_is_made_once_and_has_no_key()
    {
        var owners = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _node.Agents.OwnerAsync(Cancellation)));
        var owner = Assert.Single(owners.Distinct());
        Assert.Equal("Ines", owner.Name);
        await _node.Agents.RenameOwnerAsync("Maru", Cancellation);
        await _node.Agents.RenameOwnerAsync("bad\nname", Cancellation);
        Assert.Equal(owner with { Name = "Maru" }, await _node.Agents.OwnerAsync(Cancellation));
        Assert.Null(_node.Agents.ByApiKey($"{owner.Id}.{new string('a', 52)}"));
    }

    [Fact]
    public async Task An_author_imported_twice_is_one_agent()
    {
        var first = await _node.Agents.ImportedAsync("An\tauthor\u202E", Cancellation);
        Assert.Equal(first, await _node.Agents.ImportedAsync("An\tauthor\u202E", Cancellation));
        Assert.NotEqual(first, await _node.Agents.ImportedAsync("Another", Cancellation));
        Assert.Equal("An author", first.Name);
    }
}
