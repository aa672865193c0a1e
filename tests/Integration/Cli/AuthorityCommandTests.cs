using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Commands on keys and authority, given what they must refuse.</summary>
public sealed class AuthorityCommandTests : IAsyncLifetime
{
    private const string Stranger = "an1aqvlqa46hu75fxuynovrrjzqrwpsl73uxb7uahywaoeaiyp6krlqwk5o";
    private const string Incarnation = "0123456789abcdef";

    private readonly TemporaryDirectory _scratch = new();
    private NodeAtWork _owner = null!;
    private NodeAtWork _member = null!;

    public async ValueTask InitializeAsync()
    {
        _owner = await new NodeAtWork(_scratch.At("owner")).Start();
        _member = await new NodeAtWork(_scratch.At("member")).Start();
        await _owner.Done("hive", "create", "cats");
        await _member.Join(_owner, "cats");
        await NodeAtWork.Agree(_owner, _member);
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _member.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Wrong_input_is_one_sentence_with_a_code_and_changes_nothing()
    {
        var (own, member) = (await _owner.Id(), await _member.Id());
        var (key, before) = (await _owner.Done("key", "show"), await _owner.Digests());
        (NodeAtWork By, int Exit, string Code, string[] Command)[] refusals =
        [
            (_owner, 1, "not_found", ["group", "owner", "dogs"]),
            (_owner, 1, "already_owner", ["group", "owner", "cats", "--accept"]),
            (_owner, 2, "usage", ["group", "owner", "cats", member]),
            (_owner, 2, "usage", ["group", "owner", "cats", member, "--consent", "ac1x", "--accept"]),
            (_owner, 1, "bad_consent", ["group", "owner", "cats", member, "--consent", "ac1x"]),
            (_owner, 1, "bad_instance_id", ["group", "owner", "cats", "an1", "--consent", "ac1x", "--dry-run"]),
            (_member, 1, "not_the_owner", ["group", "owner", "cats", member, "--consent", "ac1x"]),
            (_owner, 1, "bad_heirs", ["group", "heirs", "cats", "--name-heir", own]),
            (_owner, 1, "bad_quorum", ["group", "heirs", "cats", "--name-heir", member, "--quorum", "0"]),
            (_owner, 2, "usage", ["group", "heirs", "cats", "--quorum", "2"]),
            (_owner, 2, "usage", ["group", "heirs", "cats", "--name-heir", member, "--veto"]),
            (_owner, 1, "not_found", ["group", "heirs", "cats", "--veto"]),
            (_member, 1, "not_an_heir", ["group", "heirs", "cats", "--propose"]),
            (_member, 1, "not_a_moderator", ["group", "heirs", "cats", "--endorse"]),
            (_owner, 1, "bad_instance_id", ["group", "remove", "cats", "someone"]),
            (_owner, 1, "owner_stays", ["group", "remove", "cats", own]),
            (_owner, 1, "not_found", ["group", "remove", "cats", Stranger, "--dry-run"]),
            (_member, 1, "not_permitted", ["group", "remove", "cats", own, "--dry-run"]),
            (_owner, 1, "not_frozen", ["group", "resume", "cats"]),
            (_owner, 1, "not_found", ["group", "resume", "dogs"]),
            (_owner, 1, "not_frozen", ["group", "endorse", "cats", member, Incarnation]),
            (_owner, 1, "bad_incarnation", ["group", "endorse", "cats", member, "1"]),
            (_owner, 1, "not_found", ["group", "endorse", "cats", Stranger, Incarnation]),
            (_member, 1, "not_permitted", ["group", "endorse", "cats", own, Incarnation]),
            (_owner, 1, "not_found", ["group", "erasures", "dogs"]),
            (_member, 1, "not_permitted", ["group", "compact", "cats", "--force"]),
            (_owner, 2, "data_directory_in_use", ["key", "recover"]),
            (_owner, 2, "data_directory_in_use", ["key", "recover", "--dry-run"]),
            (_owner, 2, "recovery_key_missing", ["key", "recover", "--file", _scratch.At("none")]),
        ];
        foreach (var (by, exit, code, command) in refusals)
        {
            var (json, text) = (await by.Run([.. command, "--json"]), await by.Run(command));
            Assert.Equal((exit, code, ""), (json.Exit, json.Code, json.Remarks));
            Assert.Equal((exit, ""), (text.Exit, text.Results));
            Assert.EndsWith(text.Sentence().Contains("--help") ? "--help" : ".", text.Sentence());
        }

        await NodeAtWork.Agree(_owner, _member);
        Assert.Equal(before, await _owner.Digests());
        Assert.Equal(key.ToString(), (await _owner.Done("key", "show")).ToString());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_done_and_changes_nothing()
    {
        var member = await _member.Id();
        var consent = (string)(await _member.Done("group", "owner", "cats", "--accept"))["consent"]!;
        var (key, before) = (await _owner.Done("key", "show"), await _owner.Digests());
        string[][] commands =
        [
            ["group", "compact", "cats", "--force"], ["group", "remove", "cats", member],
            ["group", "owner", "cats", member, "--consent", consent], ["key", "rotate"],
        ];
        foreach (var command in commands)
        {
            var run = await _owner.Run([.. command, "--dry-run"]);
            Assert.Equal((0, ""), (run.Exit, run.Remarks));
            Assert.Contains("Nothing was changed. Without --dry-run ", run.Results);
        }

        Assert.Equal(before, await _owner.Digests());
        Assert.Equal(key.ToString(), (await _owner.Done("key", "show")).ToString());
        await _owner.Stop();
        foreach (var command in new[] { "rotate", "recover" })
            Assert.Contains("Nothing was changed.", (await _owner.Run("key", command, "--dry-run")).Results);
        Assert.Equal(key.ToString(), (await _owner.Done("key", "show")).ToString());
    }

    [Fact]
    public async Task A_newcomer_is_shown_how_many_members_countersigned_the_edition_it_began_with()
    {
        Assert.Null(await _member.Post("cats", "Hello"));
        await NodeAtWork.Agree(_owner, _member);
        Assert.Null(await Edition(_owner));
        await _owner.Done("group", "compact", "cats", "--force");
        await NodeAtWork.Eventually(
            async () => (await Edition(_owner))!["countersignedBy"]!.AsArray().Count == 1,
            "It is not countersigned.",
            _owner, _member);
        await NodeAtWork.Agree(_owner, _member);
        await _member.Stop();
        await using var newcomer = await new NodeAtWork(_scratch.At("newcomer")).Start();
        await newcomer.Join(_owner, "cats");
        await NodeAtWork.Agree(_owner, newcomer);
        var edition = (await Edition(newcomer))!;
        Assert.Equal((true, 2), ((bool)edition["beganWithIt"]!, (int)edition["of"]!));
        Assert.Equal(await _member.Id(), (string?)Assert.Single(edition["countersignedBy"]!.AsArray()));
        var text = (await newcomer.Run("group", "show", "cats")).Results;
        var name = ((string)edition["name"]!)[..16];
        Assert.Contains($"began with edition {name}, which 1 of 2 other members countersigned\n", text);

        static async Task<JsonNode?> Edition(NodeAtWork node) => (await node.Done("group", "show", "cats"))["edition"];
    }

    [Fact]
    public async Task A_recovery_that_is_refused_makes_no_data_directory()
    {
        var home = _scratch.At("nobody");
        var file = _scratch.At("torn");
        await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);
        foreach (var (code, command) in new (string, string[])[]
        {
            ("recovery_key_missing", ["key", "recover"]),
            ("recovery_key_damaged", ["key", "recover", "--file", file]),
            ("key_file_missing", ["key", "rotate"]),
            ("key_file_missing", ["key", "show"]),
        })
        {
            var run = await CommandRun.Of(home, [.. command, "--json"]);
            Assert.Equal((2, code), (run.Exit, run.Code));
            Assert.False(Directory.Exists(home));
        }
    }
}
