using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <content>What goes wrong, and when.</content>
internal sealed partial class SimulatedWorld
{
    private bool _isHealing;

    private void Plan()
    {
        foreach (var node in Nodes) KeepActing(node);
        Every(Weather.CrashEveryMs, CrashSomeone);
        Every(Weather.PartitionEveryMs, Part);
        Every(Weather.RestoreEveryMs, RestoreSomeone);
        Every(Weather.ClockStepEveryMs, StepClock);
        if (Weather.Compacts) Every(4_000, () => Owner.Compact(Group!.Value));
        if (Weather.HasClone) Agenda.After(Dice.Between(15_000, 40_000), () => CloneOf(Dice.Of(Honest)));
        if (Weather is { HasHostile: true, Compacts: false })
            Agenda.After(Dice.Between(10_000, 40_000), () => CloneOf(Nodes[^1]));
    }

    private void KeepActing(SimulatedNode node) => Agenda.After(Dice.Between(200, 4_000), () =>
    {
        if (_isHealing) return;
        if (node.IsUp && Group is { } group) _users.Act(node, group);
        KeepActing(node);
    });

    private void Every(int ms, Action fault)
    {
        if (ms == 0) return;
        Agenda.After(Dice.Between(ms / 2, ms * 3 / 2), () =>
        {
            if (_isHealing) return;
            fault();
            Every(ms, fault);
        });
    }

    private void CrashSomeone()
    {
        var node = Dice.Of(Nodes);
        node.Crash(isWritten: Dice.Chance(50));
        Agenda.After(Dice.Between(10, 8_000), node.Start);
    }

    /// <summary>Cuts one direction, or a node from all others.</summary>
    private void Part()
    {
        var (one, other) = (Dice.Of(Nodes).Id, Dice.Of(Nodes).Id);
        var cut = Dice.Chance(50)
            ? [(one, other)]
            : Nodes.SelectMany(n => new[] { (one, n.Id), (n.Id, one) }).ToList();
        Trace?.Invoke($"cut {NameOf(one)} to {(cut.Count == 1 ? NameOf(other) : "all")}");
        foreach (var (from, to) in cut) Wire.Cut(from, to);
        Agenda.After(Dice.Between(500, 15_000), () =>
        {
            foreach (var (from, to) in cut) Wire.Mend(from, to);
        });
    }

    /// <summary>Puts an older database back, where every acknowledged event stays on some other disk.</summary>
    private void RestoreSomeone()
    {
        var node = Dice.Of(Honest);
        if (node.Disk.Transactions < 4) return;
        var kept = Dice.Between(node.Disk.Transactions / 2, node.Disk.Transactions - 1);
        var copy = node.Disk.CopyOf(kept);
        if (!Oracle.MayLose(node, copy)) return;
        // An owner's database from before it admitted anybody shares with nobody: its user has to invite again.
        if (node == Owner && copy.AuthorityEvents(Group!.Value).Count < Nodes.Count) return;
        if (!node.Notices(copy))
        {
            // Written a moment ago: nothing on this machine can tell. Peers will, perhaps after the next write.
            if (Weather.Compacts) return;
            Oracle.MayFork(node, copy);
        }

        Trace?.Invoke($"{node.Name} is restored to transaction {kept} of {node.Disk.Transactions}");
        node.Crash(isWritten: true);
        node.Restore(kept);
        Agenda.After(Dice.Between(10, 3_000), node.Start);
    }

    /// <summary>A small correction, or a day off until the next start.</summary>
    private void StepClock()
    {
        var node = Dice.Of(Nodes);
        node.Time.OffMs = Dice.Chance(50)
            ? Dice.Between(-ClockErrorMs, ClockErrorMs)
            : Dice.Of([-86_400_000L, 86_400_000L]);
        Trace?.Invoke($"the clock of {node.Name} is off by {node.Time.OffMs / 1000} s");
    }

    private void CloneOf(SimulatedNode node)
    {
        if (_isHealing || !node.IsUp || node.Snapshot is null) return;
        Trace?.Invoke($"a copy of {node.Name} starts");
        Oracle.MayFork(node, node.Disk);
        var clone = node.Clone($"{node.Name}'");
        _clones.Add(clone);
        clone.Start();
        KeepActing(clone);
        Agenda.After(Dice.Between(5_000, 20_000), () => clone.Crash(isWritten: true));
    }

    private string NameOf(NodeId id) => Find(id)!.Name;
}
