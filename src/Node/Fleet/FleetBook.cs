using Anarchive.Fleet;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>What this node's fleet agrees on, in memory; brought up to date whenever it is asked.</summary>
/// <remarks>
/// Any thread may ask, one at a time is answered: what is handed to a question must not leave it, unless it is one of
/// the state's immutable records. What a write made durable is there for whoever asks after it.
/// </remarks>
public sealed class FleetBook(Database database, LogWriter writer, OwnFleet fleet)
{
    private readonly Lock _reading = new();
    private readonly List<FleetFollower> _followers = [];
    private FleetRegisters _registers = new(default);
    private VersionVector? _vector;
    private long _authority = -1;
    private long _revision;
    private long _stamp;

    /// <summary>Answers a question about the fleet; one that is empty where this node is in none.</summary>
    public T Read<T>(Func<FleetState, T> question)
    {
        lock (_reading)
        {
            Refresh();
            return question(_registers.State);
        }
    }

    /// <summary>Tells from now on what changes; the first answer says that everything did.</summary>
    public FleetFollower Follow()
    {
        lock (_reading)
        {
            var follower = new FleetFollower(this);
            _followers.Add(follower);
            return follower;
        }
    }

    internal T Read<T>(FleetFollower follower, Func<FleetState, FleetChanges, T> question)
    {
        lock (_reading)
        {
            Refresh();
            return question(_registers.State, follower.Take());
        }
    }

    internal void Forget(FleetFollower follower)
    {
        lock (_reading) _followers.Remove(follower);
    }

    private void Refresh()
    {
        var group = fleet.Group;
        if (group is not { } id || id != _registers.State.Group || writer.Revision(id) != _revision)
        {
            if (group is null && _registers.State.Group == default) return;
            Reload(group);
            return;
        }

        // A new vector object is published with every change, after it is durable.
        var (vector, authority) = (writer.Durable(id), writer.AuthorityOf(id));
        if (ReferenceEquals(vector, _vector) && authority.Version == _authority) return;
        (_vector, _authority) = (vector, authority.Version);
        Load(id);
        Tell(_registers.Settle(authority));
    }

    private void Reload(GroupId? group)
    {
        var viewings = _registers.State.ViewingRevision;
        (_registers, _stamp, _vector) = (new FleetRegisters(group ?? default), 0, null);
        _registers.State.ReviseViewings(viewings);
        if (group is { } id)
        {
            // Noted first: what changes meanwhile is read again, which changes nothing.
            var authority = writer.AuthorityOf(id);
            (_revision, _vector, _authority) = (writer.Revision(id), writer.Durable(id), authority.Version);
            Load(id);
            _registers.Settle(authority);
        }

        foreach (var follower in _followers) follower.AddEverything();
    }

    private void Load(GroupId group)
    {
        using var db = database.OpenReader();
        var rows = db.Query<(byte[] Key, byte[] Order, byte[] Value, long Stamp)>(
            """
            SELECT r.key, r.ord, r.value, r.stamp FROM fleet_registers r JOIN groups g ON g.no = r.group_no
            WHERE g.id = @Group AND r.stamp > @Stamp
            """,
            new { Group = group.Value.ToArray(), Stamp = _stamp },
            buffered: false);
        foreach (var (key, order, value, stamp) in rows)
        {
            _registers.Apply(new RegisterWrite(key, RegisterWrite.ReadOrder(order), value));
            _stamp = Math.Max(_stamp, stamp);
        }
    }

    private void Tell(FleetChanges changes)
    {
        foreach (var follower in _followers) follower.Add(changes);
    }
}
