using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Opening a hive to readers, and reading it, as people do it at their terminals.</summary>
public sealed class FollowCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-follow-");
    private readonly NodeAtWork _owner;
    private readonly NodeAtWork _reader;

    public FollowCommandTests()
    {
        _owner = new NodeAtWork(Path.Combine(_scratch.FullName, "owner"));
        _reader = new NodeAtWork(Path.Combine(_scratch.FullName, "reader"));
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var node in new[] { _owner, _reader })
        {
            await node.Done("init");
            await node.Done("config", "set", "peers.heartbeat_seconds", "1");
            await node.Start();
        }

        await _owner.Done("hive", "create", "pets", "--title", "Pets");
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _reader.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task An_opened_hive_is_followed_shown_as_such_and_left()
    {
        Assert.Null((string?)(await _owner.Done("hive", "show", "pets"))["publicLink"]);
        Assert.Null(await _owner.Post("pets", "Cats"));
        await _owner.Done("hive", "settings", "pets", "--set", "public_read=true");
        var link = (string)(await _owner.Done("hive", "show", "pets"))["publicLink"]!;
        await _reader.Done("hive", "follow", link, "--name", "animals");
        await NodeAtWork.Eventually(InStep, "It never came.", _owner, _reader);
        Assert.Matches(@"animals +Pets +1 +0 +\d+ +follows", (await _reader.Run("hive", "list")).Results);
        Assert.Contains($"followed from {link}", (await _reader.Run("hive", "show", "animals")).Results);
        Assert.Equal("hive_followed", await _reader.Post("animals", "Mine"));
        Assert.Equal(0, (await _reader.Run("status")).Exit);
        await _reader.Done("group", "leave", "animals");
        Assert.DoesNotContain("followed from", (await _reader.Run("hive", "show", "animals")).Results);
        Assert.Equal("hive_left", await _reader.Post("animals", "Mine"));
    }

    [Fact]
    public async Task A_text_that_is_no_link_to_an_open_hive_is_refused_and_changes_nothing()
    {
        await _owner.Done("hive", "settings", "pets", "--set", "public_read=true");
        var link = (string)(await _owner.Done("hive", "show", "pets"))["publicLink"]!;
        await _owner.Done("hive", "settings", "pets", "--set", "public_read=");
        var other = link[..link.LastIndexOf('/')];
        (string Text, string Code)[] wrong =
        [
            ("", "not_a_public_link"),
            ("pets", "not_a_public_link"),
            (other, "not_a_public_link"),
            (link + "/", "not_a_public_link"),
            (link[..^1], "not_a_public_link"),
            (link + "?x=1", "not_a_public_link"),
            (link.Replace("127.0.0.1", "user@127.0.0.1", StringComparison.Ordinal), "not_a_public_link"),
            ("file:///etc/passwd/sync/v1/public/" + link[(link.LastIndexOf('/') + 1)..], "not_a_public_link"),
            (link.Replace("127.0.0.1", "192.0.2.1", StringComparison.Ordinal), "endpoint_not_allowed"),
            (link, "not_public"),
        ];
        foreach (var (text, code) in wrong)
        {
            var run = await _reader.Run("hive", "follow", text, "--json");
            Assert.True((1, code) == (run.Exit, run.Code), $"{text}: {run.Results}");
        }

        Assert.Empty((JsonArray)(await _reader.Done("hive", "list"))["hives"]!);
        Assert.Equal("already_joined", (await _owner.Run("hive", "follow", link, "--json")).Code);
        await _owner.Stop();
        Assert.Equal("peer_unreachable", (await _reader.Run("hive", "follow", link, "--json")).Code);
    }

    private async Task<bool> InStep() => await _owner.Digests() == await _reader.Digests();
}
