using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class CommandTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-cli-");

    [Theory]
    [InlineData("status")]
    [InlineData("digest")]
    [InlineData("hive", "list")]
    [InlineData("group", "list")]
    [InlineData("invite", "cinema")]
    [InlineData("join", "text")]
    [InlineData("export", "cinema")]
    public async Task A_command_without_a_node_says_how_to_start_one(params string[] command)
    {
        var (exit, results, remarks) = await RunAsync(command);
        Assert.Equal((2, ""), (exit, results));
        Assert.Equal("No node is running on this data directory. Start it with: anarchive serve\n", remarks);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("status", "--nonsense")]
    [InlineData("hive")]
    [InlineData("import", "threads", "file")]
    [InlineData("hive", "create", "cats", "--vote-privacy", "none")]
    [InlineData("key", "rotate", "now")]
    [InlineData("group", "heirs", "cats", "--quorum", "two")]
    public async Task Wrong_usage_is_one_sentence_on_stderr_and_exits_2(params string[] command)
    {
        var (exit, results, remarks) = await RunAsync(command);
        Assert.Equal((2, ""), (exit, results));
        Assert.Contains("--help", remarks);
        Assert.DoesNotContain("System.", remarks);
    }

    [Fact]
    public async Task An_error_is_one_document_where_json_is_asked_for()
    {
        var (exit, results, remarks) = await RunAsync("status", "--json");
        Assert.Equal((2, ""), (exit, remarks));
        var document = Assert.IsType<JsonObject>(JsonNode.Parse(results));
        Assert.Equal(1, (int?)document["schemaVersion"]);
        Assert.Equal("no_node", (string?)document["error"]?["code"]);
    }

    [Fact]
    public async Task Init_twice_names_the_same_node()
    {
        var first = await RunAsync("init", "--json");
        var again = await RunAsync("init", "--json");
        Assert.Equal(0, first.Exit);
        Assert.Equal(first.Read("instanceId"), again.Read("instanceId"));
    }

    [Fact]
    public async Task Paths_works_without_a_node_and_makes_nothing()
    {
        var (exit, _, _) = await RunAsync("paths");
        Assert.Equal(0, exit);
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public async Task A_second_node_on_one_data_directory_is_refused_in_a_sentence()
    {
        await using var node = await NodeProcess.StartAsync(
            new Home(Home), "first", _ => { }, TestContext.Current.CancellationToken);
        var before = (await RunAsync("status", "--json")).Read("groups");
        var second = await RunAsync("serve", "--listen", "http://127.0.0.1:0");
        Assert.Equal(2, second.Exit);
        Assert.Contains("Another node already runs on this data directory", second.Sentence());
        Assert.Equal(before, (await RunAsync("status", "--json")).Read("groups"));
    }

    [Theory]
    [InlineData("serve", "--listen", "http://127.0.0.1:0")]
    [InlineData("init")]
    public async Task A_data_directory_of_a_newer_version_is_refused_in_a_sentence_and_left_alone(
        params string[] command)
    {
        Assert.Equal(0, (await RunAsync("init")).Exit);
        using (var database = Database.Open(Path.Combine(Home, "node.db")))
        {
            database.SetMeta("schema_version", "999");
            database.Commit();
        }

        var before = Contents();
        var refused = await RunAsync(command);
        Assert.Equal((2, ""), (refused.Exit, refused.Results));
        Assert.Contains("install the newer program again", refused.Sentence());
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task A_port_in_use_is_refused_in_a_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var refused = await RunAsync("serve", "--listen", $"http://{taken.LocalEndpoint}");
        Assert.Equal(2, refused.Exit);
        Assert.Equal("Another program listens on this address already.", refused.Sentence());
    }

    [Fact]
    public async Task A_node_stopped_by_the_end_of_its_input_leaves_no_address_behind()
    {
        var home = new Home(Home);
        var node = await NodeProcess.StartAsync(home, "first", _ => { }, TestContext.Current.CancellationToken);
        Assert.True(File.Exists(home.UrlFile));
        await node.DisposeAsync();
        Assert.False(File.Exists(home.UrlFile));
    }

    [Fact]
    public async Task A_file_with_a_bad_line_changes_nothing_and_importing_twice_adds_nothing()
    {
        await using var node = await NodeProcess.StartAsync(
            new Home(Home), "first", _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("hive", "create", "cats")).Exit);
        const string post = """{"id":"a","parent":null,"list":"l","author":"Ines","ts":0,"subject":"S","body":"B"}""";
        var file = Path.Combine(_scratch.FullName, "threads.jsonl");

        await File.WriteAllTextAsync(file, post + "\n{\n", TestContext.Current.CancellationToken);
        var refused = await RunAsync("import", "threads", file, "--hive", "cats");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("line 2: bad_json", refused.Remarks);
        Assert.Equal("0", (await RunAsync("hive", "show", "cats", "--json")).Read("posts"));

        var reply = post.Replace("\"a\"", "\"b\"").Replace("null", "\"a\"");
        await File.WriteAllTextAsync(file, reply + "\n" + post, TestContext.Current.CancellationToken);
        Assert.Equal("1", (await RunAsync("import", "threads", file, "--hive", "cats", "--json")).Read("comments"));
        Assert.Equal("2", (await RunAsync("import", "threads", file, "--hive", "cats", "--json")).Read("known"));
        Assert.Equal("1", (await RunAsync("hive", "show", "cats", "--json")).Read("comments"));

        var export = await RunAsync("export", "cats");
        Assert.Equal(2, export.Results.TrimEnd().Split('\n').Length);
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private string Home => Path.Combine(_scratch.FullName, "home");

    private Task<CommandRun> RunAsync(params string[] command) => CommandRun.Of(Home, command);

    /// <summary>Every file but SQLite's own, which come and go with each opening.</summary>
    private Dictionary<string, string> Contents() =>
        Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal))
            .ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f)));
}
