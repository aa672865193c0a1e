using System.Globalization;
using Anarchive.Hives;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What came of an act on a hive's settings.</summary>
/// <param name="At">What was refused: a setting by its key, invite, public, member or leave.</param>
/// <param name="Sent">A refused value, kept for correction.</param>
/// <param name="Lapsing">Posts and comments that a shorter retention would delete; told before it is set.</param>
internal sealed record HiveSettingsSaid(
    InviteView? Invite = null, Problem? Problem = null, string? At = null, string? Sent = null, long Lapsing = 0);

/// <summary>Lays out a hive's settings: offers what the person at this node may do, and shows the rest.</summary>
internal sealed class HiveSettingsDesk(
    HiveQueries queries, PublicReading reading, Mesh mesh, AgentRegistry agents, NodeClock clock)
{
    /// <summary>
    /// What a retention would delete that was not told yet, or more than was told; 0 for another setting, and for who
    /// may not set it.
    /// </summary>
    public async Task<long> LapsingAsync(string name, string key, string value, string told)
    {
        if (key != HiveSettings.RetentionDays || queries.Hive(name) is not { TakesPart: true } hive) return 0;
        if (!queries.Moderates(hive.Group, await agents.OwnerAsync(CancellationToken.None))) return 0;
        var lapsing = queries.LapsingBy(name, value, clock.NowMs());
        return long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var agreed) && lapsing <= agreed
            ? 0
            : lapsing;
    }

    public async Task<IResult> ShowAsync(string name, string? cursor, HiveSettingsSaid said)
    {
        if (queries.Hive(name) is not { } hive) return PageAnswers.Page(Problem.NotFound("hive"));
        if (queries.Members(name, cursor, WebLimits.PageMax) is not { } members)
            return PageAnswers.Page(Problems.BadCursor);
        var person = await agents.OwnerAsync(CancellationToken.None);
        return PageAnswers.Show<HiveSettingsPage>(
            new
            {
                Hive = hive,
                Settings = SettingsOf(hive),
                IsPublic = queries.Settings(name).Any(
                    s => s is { Key: HiveSettings.PublicRead, Value: HiveSettings.IsOn }),
                Members = members,
                Moderation = queries.ModerationRuns(name, null, HiveSettingsPage.ModerationMax),
                said.Invite,
                PublicLink = reading.LinkOf(hive.Group)?.ToString(),
                MayInvite = mesh.MayInvite(hive.Group),
                Moderates = hive.TakesPart && queries.Moderates(hive.Group, person),
                said.Problem,
                said.At,
                said.Sent,
                said.Lapsing,
            }, said.Problem);
    }

    /// <summary>Those that there are, set or not; reading by anybody has its own place on an owner's page.</summary>
    private IReadOnlyList<SettingView> SettingsOf(HiveView hive)
    {
        var known = queries.Settings(hive.Name)
            .Where(s => s.Key != HiveSettings.PublicRead || !hive.OwnedHere).ToList();
        return known.Exists(s => s.Key == HiveSettings.RetentionDays)
            ? known
            : [.. known, new SettingView(HiveSettings.RetentionDays, "", null, null)];
    }
}
