using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <content>What must hold once the nodes have had time to agree.</content>
internal sealed partial class Oracle
{
    public void Finish()
    {
        if (world.Group is not { } group)
        {
            Break('L', "no group was ever founded");
            return;
        }

        if (!world.AllAgree()) Disagree(group);
        foreach (var node in world.Honest.Where(n => n.IsUp && n.Snapshot is not null))
        {
            foreach (var written in _acked)
                if (!Holds(node.Disk, written) && !IsForked(written.Chain, written.Seq))
                    Break('A', $"{Text(written.Position)} never reached {node.Name}");
            Verify(node, group);
            Replay(node, group);
        }

        // Where all agree, one stands for all; where not, something has been found already.
        Compare(world.Owner, group);
    }

    /// <summary>Vectors that differ never met (L); equal ones with different rows are worse (D).</summary>
    private void Disagree(GroupId group)
    {
        foreach (var node in world.Honest)
        {
            if (!node.IsUp || node.Snapshot is null)
            {
                Break('L', $"{node.Name} is not there");
                continue;
            }

            if (node.Vector.Digest() != world.Owner.Vector.Digest())
                Break('L', $"{node.Name} holds {Text(node.Vector)}, the owner {Text(world.Owner.Vector)}");
            else if (node.Hives.Digest(group) != world.Owner.Hives.Digest(group))
                Break('D', $"{node.Name} folds the same events to another state: {Difference(node, group)}");
            else if (node.IsBusy)
                Break('L', $"{node.Name} writes on and on, and nothing new");
        }
    }

    private string Difference(SimulatedNode node, GroupId group)
    {
        var (here, there) = (RowText.Of(node.Hives.RowsOf(group)!), RowText.Of(world.Owner.Hives.RowsOf(group)!));
        return $"{here.Except(there).FirstOrDefault()} against {there.Except(here).FirstOrDefault()}";
    }

    /// <summary>Every run that a node would serve links, is signed, and stands nowhere else with another id.</summary>
    private void Verify(SimulatedNode node, GroupId group)
    {
        foreach (var chain in node.Disk.Chains(group))
        {
            var (after, prev) = (chain.Cut, (EventId?)null);
            while (node.Disk.Committed.Read(group, chain.Chain, after, int.MaxValue, int.MaxValue) is { } run)
            {
                if (!node.Verifies(run) || (prev is not null && run.Events[0].Header.Prev != prev))
                    Break('C', $"{node.Name} holds a run that does not verify at {world.Text(chain.Chain, after)}");
                foreach (var e in run.Events) See(node, e.Header.Ref.Position, e.Header.Id);
                (after, prev) = (run.LastSeq, run.Events[^1].Header.Id);
            }

            if (after != chain.Head.Seq) Break('C', $"{node.Name} cannot read {world.Text(chain.Chain, after + 1)}");
        }
    }

    private void Replay(SimulatedNode node, GroupId group)
    {
        if (node.Hives.RowsOf(group) is not { } rows) return;
        var (before, lines) = (node.Hives.Digest(group), RowText.Of(rows));
        node.Refold();
        if (node.Hives.Digest(group) == before) return;
        var anew = RowText.Of(node.Hives.RowsOf(group)!);
        var (lost, found) = (lines.Except(anew).FirstOrDefault(), anew.Except(lines).FirstOrDefault());
        Break('R', $"{node.Name} folds anew to another state: {lost} became {found}");
    }

    private void Compare(SimulatedNode node, GroupId group)
    {
        if (node.Hives.RowsOf(group) is not { } rows) return;
        var (model, here) = (new HiveModel(node.Visible(group)).Describe(), RowText.Of(rows));
        if (model.SequenceEqual(here)) return;
        var (shown, meant) = (here.Except(model).FirstOrDefault(), model.Except(here).FirstOrDefault());
        Break('M', $"{node.Name} shows {shown}, the model {meant}");
    }

    private string Text(VersionVector vector) =>
        string.Join(' ', vector.Heads.Select(h => Text(new Position(h.Key, h.Value.Seq))));
}
