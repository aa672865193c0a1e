using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What can be watched, in memory; read again where files, the fleet or what is agreed changed.</summary>
/// <remarks>
/// Any thread. A small library is read again before it is answered from; where that takes long, whoever asks is
/// answered from what was read last, and what is new shows soon after.
/// </remarks>
public sealed class LibraryBook(
    Database database, FleetBook fleet, FleetDesk desk, Volumes volumes, PartRecords records, PlanSight plans,
    TimeProvider time, ILogger<LibraryBook> log) : IAsyncDisposable
{
    /// <summary>So many are read in a few milliseconds, before anybody is answered from them.</summary>
    private const int SmallMax = 2_000;

    /// <summary>Whoever comes back after a while rather waits than sees what is not so any more.</summary>
    private static readonly TimeSpan PatienceWithOld = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(10);

    /// <summary>While much changes, everything is read anew no more often, and a quarter of the time at most.</summary>
    private static readonly TimeSpan RestMin = TimeSpan.FromSeconds(2);

    private const int RestFactor = 3;

    /// <summary>What friends agree on changes without a sign; what takes long to read is read for it more seldom.
    /// </summary>
    private static readonly TimeSpan OldAfter = TimeSpan.FromSeconds(30);

    private const int OldFactor = 60;

    private readonly Lock _gate = new();
    private readonly LibraryReading _reading = new(database, fleet, desk, volumes, records);
    private readonly FleetFollower _follower = fleet.Follow();
    private LibraryShelf? _shelf;
    private long _stamp = -1;
    private long _readAt;
    private TimeSpan _took;
    private bool _isFleetNews = true;
    private Task _background = Task.CompletedTask;

    /// <summary>The shelf of now, or of a moment ago.</summary>
    public LibraryShelf Look()
    {
        lock (_gate)
        {
            if (_shelf is { } known && !IsOld()) return known;
            if (_shelf is not { } last || last.Files <= SmallMax) return Read();
            if (time.GetElapsedTime(_readAt) >= WhileAway && _took < PatienceWithOld) return Read();
            var rest = _took * RestFactor;
            if (_background.IsCompleted && time.GetElapsedTime(_readAt) >= (rest > RestMin ? rest : RestMin))
                _background = Task.Run(ReadBeside, CancellationToken.None);
            return last;
        }
    }

    /// <summary>The shelf as it is now, after what the owner said; a large library takes seconds.</summary>
    public LibraryShelf Renew()
    {
        lock (_gate) return Read();
    }

    public async ValueTask DisposeAsync()
    {
        await _background;
        _follower.Dispose();
    }

    private bool IsOld()
    {
        _isFleetNews |= _follower.Read((_, changes) =>
            changes.Registry || changes.Everything || changes.Items.Count > 0);
        return _isFleetNews || _stamp != LibraryReading.StampOf(database)
            || time.GetElapsedTime(_readAt) >= (_took * OldFactor > OldAfter ? _took * OldFactor : OldAfter);
    }

    private LibraryShelf Read()
    {
        var (stamp, began) = (LibraryReading.StampOf(database), time.GetTimestamp());
        _isFleetNews = false;
        var shelf = _reading.Read(plans.Now());
        (_shelf, _stamp, _took, _readAt) = (shelf, stamp, time.GetElapsedTime(began), time.GetTimestamp());
        return shelf;
    }

    private void ReadBeside()
    {
        try
        {
            // Noted first: what changes meanwhile is read once more.
            var (stamp, began) = (LibraryReading.StampOf(database), time.GetTimestamp());
            lock (_gate) _isFleetNews = false;
            var shelf = _reading.Read(plans.Now());
            lock (_gate)
                (_shelf, _stamp, _took, _readAt) = (shelf, stamp, time.GetElapsedTime(began), time.GetTimestamp());
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            NodeLog.LibraryNotRead(log);
            lock (_gate) _readAt = time.GetTimestamp();
        }
    }
}
