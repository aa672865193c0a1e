using System.Globalization;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Simulation;

/// <summary>
/// Every order, delay, loss, crash and clock of small fleets, played around the machines that the product runs: never
/// fewer verified copies than the floor by our own action, each locked as long as it is relied on, and never none.
/// </summary>
public sealed class ReleaseModelTests(ITestOutputHelper output)
{
    private const int StatesMax = 1_000_000;

    private static Budget Calm => default;

    private static Budget Crash => new(Crashes: 1, 0, 0, 0, 0);

    public static TheoryData<string> Fleets => [.. Sound.Select(s => s.Name)];

    public static TheoryData<string> Rules =>
        [.. Enum.GetNames<ReleaseRule>().Where(name => name != nameof(ReleaseRule.None))];

    private static IReadOnlyList<Scenario> Sound { get; } =
    [
        new("two devices, one copy to keep, a crash, a repeated letter, deleted after all", 1, "sf", 2, 2,
            Hearing.AnyTime, Crash with { Duplicates = 1 }) { Purges = true },
        new("three devices, one copy to keep, all of them release", 1, "sfn", 3, 1, Hearing.Never, Calm),
        new("three devices, one copy to keep, two release, a crash", 1, "fsn", 2, 1, Hearing.Never, Crash),
        new("three devices, two copies to keep, all of them release", 2, "fsn", 3, 1, Hearing.Never, Calm),
        new("three devices, two copies to keep, two release, a crash, deleted after all", 2, "fsf", 2, 1,
            Hearing.AtOnce, Crash) { Purges = true },
        new("four devices, two copies to keep, two release", 2, "sfnf", 2, 1, Hearing.Never, Calm),
        new("four devices, three copies to keep, two release", 3, "sfnf", 2, 1, Hearing.Never, Calm),
        new("three devices, one releases, a crash, a disk that fails, one unplugged", 1, "snf", 1, 1, Hearing.AtOnce,
            Crash with { Losses = 1, Unplugs = 1 }) { Purges = true },
        new("three devices, two release, a disk that fails", 1, "fsn", 2, 1, Hearing.Never,
            Calm with { Losses = 1 }),
        new("two devices and a shelf that fails", 2, "sfn", 2, 1, Hearing.AtOnce, Crash with { Losses = 1 })
            { Agentless = 2, Purges = true },
        new("a copy that was never hashed", 1, "sfn", 2, 1, Hearing.AtOnce, Crash) { Unverified = 2 },
        new("a dead device that still answers", 1, "sfn", 2, 1, Hearing.AtOnce, Crash) { Dead = 2 },
        new("one that speaks for another", 1, "sfn", 2, 1, Hearing.Never, Calm with { Lies = 1 }),
    ];

    [Theory]
    [MemberData(nameof(Fleets))]
    public void No_order_of_events_takes_a_copy_that_is_needed(string name)
    {
        var started = TimeProvider.System.GetTimestamp();
        var seen = Explorer.Run(Sound.Single(s => s.Name == name), StatesMax);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {seen.States} states in {elapsed.TotalSeconds:0.0} s"));
        foreach (var step in seen.Trace) output.WriteLine(step);
        Assert.Null(seen.Violation);
        Assert.True(seen.IsWhole, "There are more states than this looks at.");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_that_is_switched_off_is_missed(string name)
    {
        var rule = Enum.Parse<ReleaseRule>(name);
        Assert.Null(Look(rule).Violation);
        RuleSwitch.TurnOff(rule);
        try
        {
            var seen = Look(rule);
            output.WriteLine($"{rule} off: {seen.Violation}, the {seen.States}th state");
            foreach (var step in seen.Trace) output.WriteLine($"  {step}");
            Assert.True(seen.Violation is not null, $"Without {rule} nothing goes wrong.");
        }
        finally
        {
            RuleSwitch.TurnOff(ReleaseRule.None);
        }
    }

    private static Explored Look(ReleaseRule rule) => rule switch
    {
        ReleaseRule.BreakerTrips => DeletionModels.Breaker(),
        ReleaseRule.ReferencesCount => DeletionModels.References(),
        _ => Explorer.Run(Needing(rule), StatesMax),
    };

    /// <summary>The smallest fleet in which that rule makes a difference.</summary>
    private static Scenario Needing(ReleaseRule rule)
    {
        var two = new Scenario($"{rule}", 1, "sf", 2, 1, Hearing.Never, Calm);
        var one = two with { Releasers = 1 };
        return rule switch
        {
            ReleaseRule.FloorElsewhere => one with { Floor = 2 },
            ReleaseRule.LockedElsewhere or ReleaseRule.NeverBoth => two,
            ReleaseRule.UnlockableBelowFloor => one with { Agentless = 1, Faults = Calm with { Losses = 1 } },
            ReleaseRule.VerifiedOnly => one with { Unverified = 1 },
            ReleaseRule.CheckedBeforePurge => one with { Purges = true },
            ReleaseRule.AbsentIsNotThere => one with { Faults = Calm with { Unplugs = 1 } },
            ReleaseRule.HolderSpeaks => one with { Sites = "sfn", Faults = Calm with { Lies = 1 } },
            ReleaseRule.DeadCountZero => one with { Dead = 1 },
            ReleaseRule.QuarantinedNeverCount => one with { Sites = "sfn", Floor = 2, Agentless = 2, Aside = 2 },
            ReleaseRule.ReadBeforeLock => one with { Faults = Calm with { Losses = 1 } },
            ReleaseRule.LocksOutliveRestart or ReleaseRule.RestartAbandons => one with { Faults = Crash },
            ReleaseRule.ActInHalfTheTime => one,
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
    }
}
