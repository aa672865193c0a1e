using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>Carries messages late, twice or never; one direction may be cut while the other works.</summary>
internal sealed class SimulatedWire(Agenda agenda, Dice dice, Weather weather)
{
    private readonly HashSet<(NodeId From, NodeId To)> _cut = [];

    /// <summary>A request; it may arrive twice.</summary>
    public void Carry(NodeId from, NodeId to, Action deliver)
    {
        CarryOnce(from, to, deliver);
        if (dice.Chance(weather.Duplicates)) CarryOnce(from, to, deliver);
    }

    /// <summary>The answer to a request.</summary>
    public void CarryOnce(NodeId from, NodeId to, Action deliver)
    {
        if (_cut.Contains((from, to)) || dice.Chance(weather.Loss)) return;
        agenda.After(dice.Between(1, weather.DelayMs), deliver);
    }

    public void Cut(NodeId from, NodeId to) => _cut.Add((from, to));

    public void Mend(NodeId from, NodeId to) => _cut.Remove((from, to));

    public void MendAll() => _cut.Clear();
}
