using System.Text.Json;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>When the owner is told, and when that is over.</summary>
public sealed class AlertRulesTests
{
    private const long Minute = 60_000;

    private static readonly NodeId Attic = new(new Hash256(new byte[32]));

    private readonly AlertRules _rules = new(TimeSpan.FromMinutes(10));

    [Fact]
    public void A_lag_that_only_grew_for_ten_minutes_is_told_once_and_ends_when_it_shrinks()
    {
        for (var minute = 0; minute < 10; minute++) Assert.Empty(Look(minute, behind: 100 + minute));
        var raised = Assert.Single(Look(10, behind: 110));
        Assert.Equal(("lag_grows", "attic", false), (raised.Alert.Code, raised.Alert.Subject, raised.IsOver));
        Assert.Empty(Look(11, behind: 115));
        Assert.Equal(10 * Minute, Assert.Single(_rules.Current).SinceMs);
        Assert.True(Assert.Single(Look(12, behind: 90)).IsOver);
        Assert.Empty(_rules.Current);
    }

    [Fact]
    public void A_lag_that_stays_is_no_alert()
    {
        for (var minute = 0; minute < 60; minute++) Assert.Empty(Look(minute, behind: 100));
    }

    [Fact]
    public void A_lag_that_shrinks_now_and_then_is_no_alert()
    {
        for (var minute = 0; minute < 60; minute++)
            Assert.Empty(Look(minute, behind: minute % 9 == 0 ? 10 : 100 + minute));
    }

    [Fact]
    public void A_lag_that_is_away_in_between_begins_anew()
    {
        for (var minute = 0; minute < 9; minute++) Look(minute, behind: 100 + minute);
        Assert.Empty(Look(9, behind: 0));
        for (var minute = 10; minute < 19; minute++) Assert.Empty(Look(minute, behind: minute));
        Assert.Single(Look(19, behind: 19));
    }

    [Fact]
    public void A_peer_that_was_forgotten_is_forgotten_here_too()
    {
        for (var minute = 0; minute <= 10; minute++) Look(minute, behind: 100 + minute);
        Assert.True(Assert.Single(_rules.Look(new AlertReading(11 * Minute, [], NoLags, long.MaxValue))).IsOver);
        Assert.Empty(Look(12, behind: 200));
    }

    [Fact]
    public void A_group_that_falls_behind_on_this_node_is_told_by_its_name()
    {
        for (var minute = 0; minute < 10; minute++) Assert.Empty(Group(minute));
        var alert = Assert.Single(Group(10)).Alert;
        Assert.Equal(("lag_grows", "cats"), (alert.Code, alert.Subject));
        Assert.Null(alert.Peer);

        IReadOnlyList<AlertChange> Group(int minute) => _rules.Look(new AlertReading(
            minute * Minute, [], new Dictionary<string, long> { ["cats"] = minute + 1 }, long.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void A_few_failures_are_no_alert(int failures) => Assert.Empty(Look(0, behind: 0, failures));

    [Fact]
    public void Ten_failures_are_told_instead_of_a_lag_and_end_with_the_first_answer()
    {
        for (var minute = 0; minute < 30; minute++)
            if (minute > 0) Assert.Empty(Look(minute, behind: minute, failures: 10 + minute));
            else Assert.Equal("peer_in_error", Assert.Single(Look(0, behind: 0, failures: 10)).Alert.Code);
        Assert.True(Assert.Single(Look(30, behind: 30)).IsOver);
    }

    [Theory]
    [InlineData(PeerState.InStep)]
    [InlineData(PeerState.CatchingUp)]
    [InlineData(PeerState.Stalled)]
    [InlineData(PeerState.Paused)]
    public void Dials_that_fail_are_no_alert_where_the_peer_is_not_away(PeerState state) => Assert.Empty(
        _rules.Look(new AlertReading(0, [Peer(0, 30) with { State = state }], NoLags, long.MaxValue)));

    [Fact]
    public void A_disk_that_is_nearly_full_is_told_until_there_is_room()
    {
        Assert.Empty(Disk(DiskSpace.LowBytes));
        Assert.Equal("disk_low", Assert.Single(Disk(DiskSpace.LowBytes - 1)).Alert.Code);
        Assert.Empty(Disk(0));
        Assert.True(Assert.Single(Disk(DiskSpace.LowBytes)).IsOver);

        IReadOnlyList<AlertChange> Disk(long free) => _rules.Look(new AlertReading(0, [], NoLags, free));
    }

    [Fact]
    public void A_peer_needs_its_owner_once_whatever_is_wrong_with_it()
    {
        Look(0, behind: 0, failures: 10);
        var mesh = new MeshView("", "Warned.", 0, 1, [Peer(0, 10) with { State = PeerState.OutOfReach }]);
        var needs = Needs.Of(mesh, _rules.Current);
        Assert.Equal(["this_node", "peer_in_error"], needs.Select(n => n.Code));
        Assert.Equal(["this_node", "out_of_reach"], Needs.Of(mesh, []).Select(n => n.Code));
    }

    [Theory]
    [InlineData(PeerState.InStep)]
    [InlineData(PeerState.CatchingUp)]
    public void A_peer_that_mends_by_itself_needs_nobody(PeerState state) =>
        Assert.Empty(Needs.Of(new MeshView("", null, 0, 1, [Peer(5, 0) with { State = state }]), []));

    [Theory]
    [InlineData("https://discord.com/api/webhooks/1/x", "auto", true)]
    [InlineData("https://discord.com.example/api/webhooks/1/x", "auto", false)]
    [InlineData("https://discord.com/other", "auto", false)]
    [InlineData("https://hook.example/", "discord", true)]
    [InlineData("https://discord.com/api/webhooks/1/x", "generic", false)]
    public void The_address_or_the_setting_says_which_body_it_takes(string address, string format, bool discord) =>
        Assert.Equal(discord, AlertBody.IsDiscord(new Uri(address), format));

    [Fact]
    public void A_message_for_discord_fits_and_calls_nobody()
    {
        var alert = new Alert("lag_grows", "@everyone", new string('x', 3_000), "", 0, null);
        var body = JsonDocument.Parse(AlertBody.Discord(new AlertChange(alert, IsOver: false), "node")).RootElement;
        Assert.Equal(2_000, body.GetProperty("content").GetString()!.Length);
        Assert.Equal(0, body.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
    }

    private static IReadOnlyDictionary<string, long> NoLags { get; } = new Dictionary<string, long>();

    private IReadOnlyList<AlertChange> Look(int minute, long behind, int failures = 0) =>
        _rules.Look(new AlertReading(minute * Minute, [Peer(behind, failures)], NoLags, long.MaxValue));

    private static PeerView Peer(long behind, int failures) => new(
        Attic, "attic", null, failures < 10 ? PeerState.CatchingUp : PeerState.OutOfReach, "Cause.", "Action.", behind,
        0, null, failures, "manual", [], [], "members");
}
