using Anarchive.Node;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Who prevails where several set the same thing, and what is refused by name.</summary>
public sealed class NodeSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anarchive-settings-").FullName;

    [Fact]
    public void A_node_needs_no_settings() =>
        Assert.Equal(new NodeOptions { DataDirectory = "d" }, Options());

    [Theory]
    [InlineData("flag", "variable", "file", "flag", SettingSource.Flag)]
    [InlineData(null, "variable", "file", "variable", SettingSource.Environment)]
    [InlineData(null, null, "file", "file", SettingSource.File)]
    [InlineData(null, null, null, null, SettingSource.Default)]
    public void A_flag_goes_before_the_environment_and_that_before_the_file(
        string? flag, string? variable, string? file, string? expected, SettingSource source)
    {
        if (file is not null) Config($$"""{"name":"{{file}}"}""");
        var settings = Read(flag, variable is null ? [] : [("ANARCHIVE__Name", variable)]);
        var name = settings.Values.Single(v => v.Setting.Key == "name");
        Assert.Equal((expected, source), (name.Text, name.Source));
        Assert.Equal(expected, settings.Apply(new NodeOptions { DataDirectory = "d" }).Name);
    }

    [Fact]
    public void Every_setting_reaches_the_options()
    {
        Config("""
            {"listen":"http://127.0.0.1:1","name":"attic","allowed_hosts":["a.example","b.example"],
             "peers":{"listen":"https://0.0.0.0:7421","endpoint":"https://attic.example:7421",
               "trusted_proxies":["127.0.0.1","::1"],"heartbeat_seconds":5,
               "hubs":["https://hub.example:7421#an1nqjo6imeq36pskaisgri2axlnugdm2vpbrdhlxk5s7qa446g3saah4kx"]},
             "hub":{"enabled":true},"log":{"level":"debug"}}
            """);
        var options = Options(("ANARCHIVE__ALERTS__WEBHOOK", "https://hook.example/x"));
        Assert.Equal(("http://127.0.0.1:1", "attic", "https://0.0.0.0:7421", "https://attic.example:7421"),
            (options.Listen, options.Name, options.PeerListen, options.PublicEndpoint));
        Assert.Equal(["a.example", "b.example"], options.AllowedHosts);
        Assert.Equal(["127.0.0.1", "::1"], options.TrustedProxies);
        Assert.StartsWith("https://hub.example:7421#an1", Assert.Single(options.Hubs));
        Assert.Equal((5, true, "https://hook.example/x", LogLevel.Debug),
            (options.HeartbeatSeconds, options.IsHub, options.Webhook, options.LogLevel));
    }

    [Theory]
    [InlineData("ANARCHIVE__Peers__TrustedProxies")]
    [InlineData("ANARCHIVE__peers__trusted_proxies")]
    [InlineData("ANARCHIVE__PEERS__TRUSTED_PROXIES")]
    public void A_variable_is_read_whatever_its_case(string variable) =>
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Options((variable, "10.0.0.1, 10.0.0.2")).TrustedProxies);

    [Fact]
    public void A_variable_may_name_a_file_that_holds_the_value()
    {
        var secret = Path.Combine(_directory, "secret");
        File.WriteAllText(secret, "https://hook.example/x\n");
        Assert.Equal("https://hook.example/x", Options(("ANARCHIVE__Alerts__Webhook_FILE", secret)).Webhook);
        var twice = Refused(
            ("ANARCHIVE__Alerts__Webhook_FILE", secret), ("ANARCHIVE__Alerts__Webhook", "https://other.example/"));
        Assert.Equal("setting_given_twice", twice.Code);
    }

    [Fact]
    public void A_file_that_a_variable_names_and_that_is_not_there_is_refused_without_its_path()
    {
        var refused = Refused(("ANARCHIVE__Name_FILE", Path.Combine(_directory, "absent")));
        Assert.Equal("setting_file_missing", refused.Code);
        Assert.Contains("ANARCHIVE__Name_FILE", refused.Message);
        Assert.DoesNotContain(_directory, refused.Message);
    }

    [Theory]
    [InlineData("""{"nmae":"x"}""", "unknown_setting", "nmae")]
    [InlineData("""{"peers":{"lisen":"x"}}""", "unknown_setting", "peers.lisen")]
    [InlineData("""{"Name":"x"}""", "unknown_setting", "Name")]
    [InlineData("""{"peers":"x"}""", "unknown_setting", "peers")]
    [InlineData("""{"name":{"x":"y"}}""", "unknown_setting", "name.x")]
    [InlineData("""{"name":null}""", "bad_setting", "name")]
    [InlineData("""{"name":""}""", "bad_setting", "name")]
    [InlineData("""{"allowed_hosts":[1]}""", "bad_setting", "allowed_hosts")]
    [InlineData("""{"allowed_hosts":["a b"]}""", "bad_setting", "allowed_hosts")]
    [InlineData("""{"hub":{"enabled":1}}""", "bad_setting", "hub.enabled")]
    [InlineData("""{"log":{"level":"2"}}""", "bad_setting", "log.level")]
    [InlineData("""{"log":{"level":"loud"}}""", "bad_setting", "log.level")]
    [InlineData("""{"peers":{"heartbeat_seconds":0}}""", "bad_setting", "peers.heartbeat_seconds")]
    [InlineData("""{"peers":{"heartbeat_seconds":31}}""", "bad_setting", "peers.heartbeat_seconds")]
    [InlineData("""{"peers":{"heartbeat_seconds":1.5}}""", "bad_setting", "peers.heartbeat_seconds")]
    [InlineData("""{"peers":{"trusted_proxies":["proxy.example"]}}""", "bad_setting", "peers.trusted_proxies")]
    [InlineData("""{"peers":{"hubs":["https://hub.example:7421"]}}""", "bad_setting", "peers.hubs")]
    [InlineData("""{"peers":{"endpoint":"http://example.org:80"}}""", "bad_setting", "peers.endpoint")]
    [InlineData("""{"alerts":{"webhook":"ftp://example.org/x"}}""", "bad_setting", "alerts.webhook")]
    [InlineData("[]", "config_unreadable", "config.json")]
    [InlineData("", "config_unreadable", "config.json")]
    [InlineData("""{"name":"a","name":"b"}""", "config_unreadable", "config.json")]
    public void What_is_wrong_in_the_file_is_named(string text, string code, string named)
    {
        Config(text);
        var refused = Refused();
        Assert.Equal(code, refused.Code);
        Assert.Contains(named, refused.Message);
    }

    [Theory]
    [InlineData("ANARCHIVE__Nmae", "x", "unknown_setting")]
    [InlineData("ANARCHIVE__", "x", "unknown_setting")]
    [InlineData("ANARCHIVE__Name__First", "x", "unknown_setting")]
    [InlineData("ANARCHIVE__Log__Level", "Loud", "bad_setting")]
    [InlineData("ANARCHIVE__Alerts__Webhook", "hook-secret", "bad_setting")]
    public void What_is_wrong_in_the_environment_is_named_and_its_value_is_not_told(
        string variable, string value, string code)
    {
        var refused = Refused((variable, value));
        Assert.Equal(code, refused.Code);
        Assert.Contains(variable, refused.Message);
        Assert.DoesNotContain(value == "x" ? "\"x\"" : value, refused.Message);
    }

    [Theory]
    [InlineData("https://0.0.0.0:7421", true)]
    [InlineData("https://[::]:7421", true)]
    [InlineData("https://127.0.0.1:0", true)]
    [InlineData("http://127.0.0.1:7421", true)]
    [InlineData("http://[::1]:7421", true)]
    [InlineData("http://0.0.0.0:7421", false)]
    [InlineData("http://192.168.1.4:7421", false)]
    [InlineData("https://example.org:7421", false)]
    [InlineData("https://0.0.0.0", false)]
    [InlineData("https://0.0.0.0:7421/sync", false)]
    [InlineData("https://user@0.0.0.0:7421", false)]
    [InlineData("https://0:7421", false)]
    [InlineData("0.0.0.0:7421", false)]
    public void Peers_are_heard_over_tls_or_on_loopback_only(string address, bool accepted) =>
        Assert.Equal(accepted, KnownSettings.Find("peers.listen")!.Accepts(address));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1, ::1, 172.18.0.0/16, fd00::/8", true)]
    [InlineData("10.0.0.5/32", true)]
    [InlineData("10.0.0.5/8", false)]
    [InlineData("::ffff:10.0.0.0/104", false)]
    [InlineData("::ffff:10.0.0.5", true)]
    [InlineData("0.0.0.0/0", false)]
    [InlineData("::/0", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("proxy.example", false)]
    [InlineData("10.0.0.1;10.0.0.2", false)]
    public void Proxies_are_named_by_address_or_by_a_network_smaller_than_everybody(string named, bool accepted) =>
        Assert.Equal(accepted, KnownSettings.Find("trusted_proxies")!.Accepts(named));

    [Fact]
    public void The_proxies_of_pages_and_of_peers_are_two_settings()
    {
        Config("""{"trusted_proxies":["172.18.0.0/16"],"peers":{"trusted_proxies":["10.0.0.1"]}}""");
        var options = Options();
        Assert.Equal(["172.18.0.0/16"], options.PageProxies);
        Assert.Equal(["10.0.0.1"], options.TrustedProxies);
        Assert.Equal(["10.0.0.2"], Options(("ANARCHIVE__TrustedProxies", "10.0.0.2")).PageProxies);
    }

    [Fact]
    public void A_file_that_others_can_read_may_hold_anything_but_secrets()
    {
        Config("""{"name":"attic"}""", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal("attic", Options().Name);
        Config(
            """{"alerts":{"webhook":"https://hook.example/x"}}""", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal("config_open_to_others", Refused().Code);
    }

    [Fact]
    public void A_value_set_in_the_file_is_read_back_and_leaves_nothing_when_it_is_unset()
    {
        Directory.Delete(_directory);
        Set("hub.enabled", "true");
        Set("peers.heartbeat_seconds", "7");
        Set("allowed_hosts", "a.example,b.example");
        var options = Options();
        Assert.Equal((true, 7), (options.IsHub, options.HeartbeatSeconds));
        Assert.Equal(["a.example", "b.example"], options.AllowedHosts);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ConfigPath));

        Assert.True(ConfigFile.Read(_directory).Unset("peers.heartbeat_seconds"));
        Assert.False(ConfigFile.Read(_directory).Unset("peers.heartbeat_seconds"));
        Assert.True(ConfigFile.Read(_directory).Unset("hub.enabled"));
        Assert.True(ConfigFile.Read(_directory).Unset("allowed_hosts"));
        Assert.Equal("{}\n", File.ReadAllText(ConfigPath));
    }

    [Fact]
    public void A_key_nobody_knows_can_be_taken_out_of_the_file()
    {
        Config("""{"peers":{"lisen":"x"},"name":"attic"}""");
        Assert.True(ConfigFile.Read(_directory).Unset("peers.lisen"));
        Assert.Equal("attic", Options().Name);
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private void Set(string key, string text) => ConfigFile.Read(_directory).Set(KnownSettings.Find(key)!, text);

    private string ConfigPath => Path.Combine(_directory, ConfigFile.Name);

    private void Config(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.Delete(ConfigPath);
        File.WriteAllText(ConfigPath, text);
        File.SetUnixFileMode(ConfigPath, mode);
    }

    private NodeSettings Read(string? name, params (string Name, string Value)[] environment) => NodeSettings.Read(
        ConfigFile.Read(_directory),
        new Dictionary<string, string?> { ["name"] = name },
        environment.Select(e => KeyValuePair.Create(e.Name, e.Value)));

    private NodeOptions Options(params (string Name, string Value)[] environment) =>
        Read(null, environment).Apply(new NodeOptions { DataDirectory = "d" });

    private StartRefusedException Refused(params (string Name, string Value)[] environment) =>
        Assert.Throws<StartRefusedException>(() => Read(null, environment));
}
