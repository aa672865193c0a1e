namespace Anarchive.Tests.Simulation;

/// <summary>How bad a run's world is. Chosen by the seed, so that some runs know only one kind of fault.</summary>
internal sealed class Weather
{
    private const int HealedDelayMsMax = 1_000;

    private Weather()
    {
    }

    /// <summary>Percent of messages that never arrive.</summary>
    public int Loss { get; private set; }

    /// <summary>Percent of requests that arrive twice.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Milliseconds a message is on its way at most; unequal delays reorder.</summary>
    public int DelayMs { get; private set; }

    /// <summary>Milliseconds an fsync takes at most.</summary>
    public int FsyncMs { get; private init; }

    /// <summary>Percent of fsyncs that fail.</summary>
    public int FsyncFailures { get; private set; }

    /// <summary>Percent of heartbeats that grant no credit.</summary>
    public int NoCredit { get; private set; }

    /// <summary>Milliseconds between crashes, per world; 0 for none. Alike below.</summary>
    public int CrashEveryMs { get; private init; }

    public int PartitionEveryMs { get; private init; }

    public int RestoreEveryMs { get; private init; }

    public int ClockStepEveryMs { get; private init; }

    /// <summary>The owner cuts the log at editions.</summary>
    public bool Compacts { get; private init; }

    public bool HasHostile { get; private init; }

    public bool HasClone { get; private init; }

    /// <remarks>
    /// An edition chooses between the two histories of a node that runs twice; a copy with the other one cannot take it
    /// over. Until that has a way out, one world has editions and the other has such nodes.
    /// </remarks>
    public static Weather Of(Dice dice) => Of(dice, compacts: dice.Chance(40));

    private static Weather Of(Dice dice, bool compacts) => new()
    {
        Loss = dice.Chance(50) ? dice.Below(31) : 0,
        Duplicates = dice.Chance(50) ? dice.Below(31) : 0,
        DelayMs = dice.Of([5, 50, 500, 3_000]),
        FsyncMs = dice.Of([2, 20, 300]),
        FsyncFailures = dice.Chance(30) ? dice.Between(1, 3) : 0,
        NoCredit = dice.Chance(20) ? 30 : 0,
        CrashEveryMs = dice.Chance(70) ? dice.Between(2_000, 15_000) : 0,
        PartitionEveryMs = dice.Chance(60) ? dice.Between(3_000, 20_000) : 0,
        RestoreEveryMs = dice.Chance(35) ? dice.Between(8_000, 30_000) : 0,
        ClockStepEveryMs = dice.Chance(30) ? dice.Between(5_000, 20_000) : 0,
        Compacts = compacts,
        HasHostile = dice.Chance(30),
        HasClone = !compacts && dice.Chance(30),
    };

    /// <summary>Holds back what would spoil a beginning.</summary>
    public (int Loss, int FsyncFailures) Suspend()
    {
        var held = (Loss, FsyncFailures);
        (Loss, FsyncFailures) = (0, 0);
        return held;
    }

    public void Resume(int loss, int fsyncFailures) => (Loss, FsyncFailures) = (loss, fsyncFailures);

    /// <summary>
    /// The faults stop. Messages and disks still take their time, but no answer takes longer than it is waited for.
    /// </summary>
    public void Clear()
    {
        (Loss, Duplicates, FsyncFailures, NoCredit) = (0, 0, 0, 0);
        DelayMs = Math.Min(DelayMs, HealedDelayMsMax);
    }

    public override string ToString() =>
        $"loss {Loss} %, duplicates {Duplicates} %, delay {DelayMs} ms, fsync {FsyncMs} ms, its failures "
        + $"{FsyncFailures} %, no credit {NoCredit} %, every ms: crash {CrashEveryMs}, partition {PartitionEveryMs}, "
        + $"restore {RestoreEveryMs}, clock step {ClockStepEveryMs}; "
        + $"compacts {Compacts}, hostile {HasHostile}, clone {HasClone}";
}
