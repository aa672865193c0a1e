using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The first run of an untouched node, step by step, and the recovery key.</summary>
public sealed class WelcomeTests : IAsyncLifetime
{
    private const string Right = "harbour lights at noon";

    private WebNode _node = null!;
    private Visitor _owner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync("http://127.0.0.1:0");
        _owner = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task An_untouched_node_leads_to_its_first_run_until_that_was_skipped()
    {
        Assert.Equal("/welcome", (await _owner.SeeAsync("/")).Location);
        foreach (var step in new[] { "", "/passphrase", "/key", "/fleet", "/peer" })
            Assert.Equal(200, (await _owner.SeeAsync("/welcome" + step)).Status);
        Assert.Equal("/", (await _owner.FillAsync("/welcome", "/welcome/end")).Location);
        Assert.Equal(200, (await _owner.SeeAsync("/")).Status);
        Assert.False(Anew(TimeSpan.Zero).IsUntouched);
    }

    [Fact]
    public async Task A_node_with_a_hive_is_not_untouched()
    {
        await _node.AskAsync("POST", "/api/v1/hives", """{"name":"cats"}""", _node.Token);
        Assert.Equal(200, (await _owner.SeeAsync("/")).Status);
    }

    [Fact]
    public async Task A_node_with_a_volume_is_not_untouched()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_node.Directory, "films")).FullName;
        var (_, problem) = await _node.Get<Volumes>().AddAsync(folder, "films", 0, Cancellation);
        Assert.Null(problem);
        Assert.Equal(200, (await _owner.SeeAsync("/")).Status);
    }

    [Fact]
    public async Task The_device_and_its_owner_are_named_at_once_and_for_good()
    {
        var sight = await _owner.FillAsync("/welcome", "/welcome", ("name", "attic-nas"), ("you", "Ines"));
        Assert.Equal((303, "/welcome/passphrase"), (sight.Status, sight.Location));
        Assert.Contains("attic-nas", (await _owner.SeeAsync("/settings")).Text);
        Assert.Contains("value=\"Ines\"", (await _owner.SeeAsync("/settings")).Text);
        Assert.Contains("attic-nas", await File.ReadAllTextAsync(
            Path.Combine(_node.Directory, ConfigFile.Name), Cancellation));
        var status = await _node.AskAsync("GET", "/api/v1/federation/status", null, _node.Token);
        Assert.Contains("\"attic-nas\"", status.Text);
        // Named so, it may be named otherwise, now and after a restart.
        Assert.Null(_node.Get<NodeName>().Change("cellar"));
        Assert.True(new NodeName(_node.Get<NodeOptions>() with { Name = "cellar" }).CanChange);
    }

    [Theory]
    [InlineData("", "Ines", "bad_name")]
    [InlineData("attic", "", "bad_name")]
    public async Task A_name_that_is_none_is_refused_and_what_was_typed_stays(string name, string you, string code)
    {
        var before = _node.Get<NodeName>().Current;
        var sight = await _owner.FillAsync("/welcome", "/welcome", ("name", name), ("you", you));
        Assert.Equal(400, sight.Status);
        Assert.Contains($"<code>{code}</code>", sight.Text);
        Assert.Contains($"value=\"{name + you}\"", sight.Text);
        Assert.Equal(before, _node.Get<NodeName>().Current);
        Assert.False(File.Exists(Path.Combine(_node.Directory, ConfigFile.Name)));
    }

    [Fact]
    public void A_name_that_the_start_gave_stays()
    {
        var given = new NodeName(_node.Get<NodeOptions>() with { Name = "given" });
        Assert.False(given.CanChange);
        Assert.Equal("name_given", given.Change("other")?.Code);
        Assert.Null(given.Change("given"));
        Assert.Equal("given", given.Current);
    }

    [Fact]
    public async Task The_passphrase_of_the_first_run_is_the_owners()
    {
        var refused = await _owner.FillAsync(
            "/welcome/passphrase", "/welcome/passphrase", ("passphrase", "short"), ("again", "short"));
        Assert.Contains("<code>passphrase_short</code>", refused.Text);
        var sight = await _owner.FillAsync(
            "/welcome/passphrase", "/welcome/passphrase", ("passphrase", Right), ("again", Right));
        Assert.Equal((303, "/welcome/key"), (sight.Status, sight.Location));
        Assert.Equal(200, (await _owner.SeeAsync("/welcome/key")).Status);
        Assert.Equal("/welcome/key", (await _owner.SeeAsync("/welcome/passphrase")).Location);
        using var other = new Visitor(_node);
        Assert.StartsWith("/sign-in", (await other.SeeAsync("/welcome")).Location);
        var taken = await _owner.FillAsync(
            "/welcome/key", "/welcome/passphrase", ("passphrase", Right + "x"), ("again", Right + "x"));
        Assert.Contains("<code>owner_exists</code>", taken.Text);
        Assert.Null(await _node.Get<AccessBook>().VerifyAsync(Right));
    }

    [Fact]
    public async Task The_recovery_key_is_handed_to_whoever_types_the_passphrase_and_to_nobody_else()
    {
        var without = await _owner.FillAsync("/welcome", "/settings/key/file", ("present", ""));
        Assert.Equal(409, without.Status);
        Assert.Contains("<code>no_owner</code>", without.Text);
        await _owner.BecomeOwnerAsync(Right);
        var wrong = await _owner.FillAsync("/settings/key", "/settings/key/file", ("present", "not this one"));
        Assert.Equal(401, wrong.Status);
        Assert.True(_node.Get<FirstRun>().IsKeyUnsaved);
        var file = await _owner.FillAsync("/settings/key", "/settings/key/file", ("present", Right));
        var kept = await File.ReadAllTextAsync(Path.Combine(_node.Directory, "keys", "recovery.key"), Cancellation);
        Assert.Equal((200, kept), (file.Status, file.Text));
        Assert.Contains("A copy of it was made.", (await _owner.SeeAsync("/settings/key")).Text);
        Assert.DoesNotContain(kept, (await _owner.SeeAsync("/settings/key")).Text);
        File.Delete(Path.Combine(_node.Directory, "keys", "recovery.key"));
        var gone = await _owner.FillAsync("/settings/access", "/settings/key/file", ("present", Right));
        Assert.Contains("does not lie", gone.Text);
        Assert.Equal(409, gone.Status);
    }

    [Fact]
    public async Task A_week_after_it_was_asked_for_the_key_is_asked_for_once_more_until_it_is_saved()
    {
        await _owner.SeeAsync("/welcome/key");
        // What is written without being waited for is there once something later is.
        await _node.Get<FirstRun>().EndAsync();
        Assert.False(Anew(TimeSpan.FromDays(6)).IsReminderDue);
        Assert.True(Anew(TimeSpan.FromDays(8)).IsReminderDue);
        Assert.False(_node.Get<FirstRun>().IsReminderDue);
        Assert.Equal(204, (int)(await _node.AskAsync("POST", "/api/v1/key/saved", null, _node.Token)).Status);
        Assert.False(Anew(TimeSpan.FromDays(8)).IsReminderDue);
        // Another recovery key, as after a recovery, is another matter.
        await File.AppendAllTextAsync(Path.Combine(_node.Directory, "keys", "recovery.key"), "\n", Cancellation);
        Assert.True(Anew(TimeSpan.FromDays(8)).IsReminderDue);
        File.Delete(Path.Combine(_node.Directory, "keys", "recovery.key"));
        Assert.False(Anew(TimeSpan.FromDays(8)).IsReminderDue);
    }

    [Theory]
    [InlineData("/welcome/fleet")]
    [InlineData("/welcome/peer")]
    public async Task A_text_that_is_none_is_refused_beside_its_field_and_stays(string step)
    {
        var sight = await _owner.FillAsync(step, step, ("do", "ask"), ("text", "ad1nonsense"));
        Assert.InRange(sight.Status, 400, 499);
        Assert.Contains(">ad1nonsense</textarea>", sight.Text);
        Assert.Contains("role=\"alert\"", sight.Text);
        Assert.True(_node.Get<FirstRun>().IsUntouched);
    }

    [Fact]
    public async Task Letting_a_first_peer_in_ends_the_first_run()
    {
        var sight = await _owner.FillAsync("/welcome/peer", "/welcome/peer", ("do", "device"));
        Assert.Equal(303, sight.Status);
        Assert.StartsWith("/pair/", sight.Location);
        Assert.Equal(200, (await _owner.SeeAsync("/")).Status);
    }

    /// <summary>As a process finds it that starts so much later.</summary>
    private FirstRun Anew(TimeSpan later) => new(
        _node.Get<DataDirectory>(), _node.Get<Database>(), _node.Get<LogWriter>(), new Clock(later));

    private sealed class Clock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }
}
