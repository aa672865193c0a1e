using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>Whether devices hear of one another's copies beside the locks.</summary>
internal enum Hearing
{
    Never,
    AtOnce,
    AnyTime,
}

/// <summary>A world to begin with, and what may go wrong in it.</summary>
/// <param name="Sites">A letter each, with its clock: s slow by a tenth, n right, f fast by a tenth.</param>
/// <param name="Releasers">How many of the first devices start a release.</param>
/// <param name="Attempts">How often each of them does.</param>
internal sealed record Scenario(
    string Name, int Floor, string Sites, int Releasers, int Attempts, Hearing Hearing, Budget Faults)
{
    /// <summary>
    /// In minutes, and shorter than the product's, so that a wait is one step of time, a lock two or three, and half a
    /// lock one. What can happen between two steps is the same.
    /// </summary>
    public ReleaseTimes Times => new(TtlMs: 22, WaitMs: 9, Purges ? 9 : long.MaxValue / 4, AnswerMs: 9);

    public static ItemId Item { get; } = new(Hash256.Sha256("item"u8));

    /// <summary>Whether quarantine ends while the world is watched.</summary>
    public bool Purges { get; init; }

    /// <summary>Its copy lies where no node runs.</summary>
    public int? Agentless { get; init; }

    /// <summary>Its copy was set aside long ago.</summary>
    public int? Aside { get; init; }

    /// <summary>Its copy was never hashed, and is wrong where nobody looks.</summary>
    public int? Unverified { get; init; }

    /// <summary>Its owner declared it dead; its node still answers.</summary>
    public int? Dead { get; init; }

    public static DeviceId DeviceAt(int at) => new(Filled(1 + at));

    public static EventRef Intent(int at, int attempt) =>
        new(new ChainId(new NodeId(Filled(1 + at)), default), attempt, (ulong)((16 * (1 + at)) + attempt));

    public ModelWorld Begin()
    {
        var count = Sites.Length;
        var all = Enumerable.Range(0, count)
            .Select(i => i == Aside ? HoldingState.Quarantined : HoldingState.Present).ToArray();
        var sites = Enumerable.Range(0, count).Select(i => new Site(
            DeviceAt(i), i == Agentless ? CopyKind.Agentless : CopyKind.Node,
            i == Dead ? DeviceState.Dead : DeviceState.Active, Rate(Sites[i]),
            IsVerified: i != Unverified, IsGood: i != Unverified, LooksGood: true, IsPlugged: true, IsUp: true,
            Clock: 0, i == Aside ? Place.Aside : Place.Present, DiskWork.None, By: 0, Reported: null, Begun: 0, Asks: 0,
            Release: null, Locks: [], all)).ToArray();
        return new ModelWorld(sites, [], Faults, HasFault: false, Violation: null);
    }

    public override string ToString() => Name;

    // Ids that the explorer can tell by one byte.
    private static Hash256 Filled(int with) => new([.. Enumerable.Repeat((byte)with, Hash256.Size)]);

    private static long Rate(char clock) => clock switch { 's' => 9, 'f' => 11, _ => 10 };
}
