using Anarchive.Log;
using SQLitePCL;

namespace Anarchive.Node;

/// <summary>Prepared reads of events over one connection; used by one thread at a time.</summary>
internal sealed class EventQueries(sqlite3 handle) : IDisposable
{
    // What a batch's frame holds after its prefix, besides records: counts and the signature.
    private const int FrameFixedBytes = 4 + BatchFraming.SignatureBytes;

    private readonly Statement _range = new(
        handle,
        """
        SELECT header, salt, payload FROM events
        WHERE chain = ?1 AND seq > ?2 AND ?2 >= (SELECT cut FROM chains WHERE no = ?1) ORDER BY seq LIMIT ?3
        """);

    private readonly Statement _kept = new(
        handle,
        "SELECT header, salt, payload FROM events WHERE chain = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4");

    private readonly Statement _find = new(
        handle, "SELECT header, salt, payload FROM events WHERE chain = ?1 AND seq = ?2");

    private readonly Statement _lastSignature = new(
        handle,
        "SELECT seq, signature FROM signatures WHERE chain = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1");

    private readonly Statement _chainNumber = new(
        handle,
        """
        SELECT c.no FROM chains c JOIN groups g ON g.no = c.group_no
        WHERE g.id = ?1 AND c.origin = ?2 AND c.incarnation = ?3
        """);

    private readonly Statement _chainName = new(
        handle,
        "SELECT g.id, c.origin, c.incarnation FROM chains c JOIN groups g ON g.no = c.group_no WHERE c.no = ?1");

    /// <summary>See <see cref="IEventReader.Read"/>. The byte bound is that of a frame, without its prefix.</summary>
    public Batch? Read(long chain, long after, int eventsMax, int bytesMax)
    {
        var events = Scan(
            chain, after, Math.Min(eventsMax, Limits.BatchEventsMax), Math.Min(bytesMax, Limits.BatchBytesMax));
        if (events.Count == 0) return null;
        _lastSignature.Bind(1, chain).Bind(2, after).Bind(3, events[^1].Header.Seq);
        try
        {
            if (!_lastSignature.Step()) return null;
            var signed = _lastSignature.Int64(0);
            events.RemoveRange((int)(signed - after), events.Count - (int)(signed - after));
            return new Batch(events, _lastSignature.Blob(1).ToArray());
        }
        finally
        {
            _lastSignature.Reset();
        }
    }

    /// <summary>Events after one seq and up to another, at most so many; where the chain is cut, with gaps.</summary>
    public IReadOnlyList<Event> Kept(long chain, long after, long through, int eventsMax)
    {
        var events = new List<Event>();
        _kept.Bind(1, chain).Bind(2, after).Bind(3, through).Bind(4, eventsMax);
        try
        {
            while (_kept.Step()) events.Add(Row(_kept));
            return events;
        }
        finally
        {
            _kept.Reset();
        }
    }

    public Event? Find(long chain, long seq)
    {
        _find.Bind(1, chain).Bind(2, seq);
        try
        {
            return _find.Step() ? Row(_find) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public long? ChainNumber(GroupId group, ChainId chain)
    {
        _chainNumber.Bind(1, group.Value).Bind(2, chain.Origin.Value).Bind(3, chain.Incarnation);
        try
        {
            return _chainNumber.Step() ? _chainNumber.Int64(0) : null;
        }
        finally
        {
            _chainNumber.Reset();
        }
    }

    public (GroupId Group, ChainId Chain)? ChainName(long number)
    {
        _chainName.Bind(1, number);
        try
        {
            if (!_chainName.Step()) return null;
            var chain = new ChainId(new NodeId(_chainName.Hash(1)), _chainName.Incarnation(2));
            return (new GroupId(_chainName.Hash(0)), chain);
        }
        finally
        {
            _chainName.Reset();
        }
    }

    public void Dispose()
    {
        _range.Dispose();
        _kept.Dispose();
        _find.Dispose();
        _lastSignature.Dispose();
        _chainNumber.Dispose();
        _chainName.Dispose();
    }

    private List<Event> Scan(long chain, long after, int eventsMax, int bytesMax)
    {
        var events = new List<Event>(Math.Clamp(eventsMax, 0, 64));
        var bytes = FrameFixedBytes;
        _range.Bind(1, chain).Bind(2, after).Bind(3, eventsMax);
        try
        {
            while (_range.Step())
            {
                var e = Row(_range);
                bytes += e.FramedBytes;
                // The first event may lie past a cut: then nothing here follows directly.
                if (bytes > bytesMax || e.Header.Seq != after + events.Count + 1) break;
                events.Add(e);
                // Whoever verifies the run must know its key beforehand.
                if (e.Header.Kind == EngineKinds.KeyRotated) break;
            }
        }
        finally
        {
            _range.Reset();
        }

        return events;
    }

    /// <summary>One allocation holds header, salt and payload.</summary>
    private static Event Row(Statement row)
    {
        var header = row.Blob(0);
        var salt = row.Blob(1);
        var payload = row.Blob(2);
        var bytes = new byte[header.Length + salt.Length + payload.Length];
        header.CopyTo(bytes);
        salt.CopyTo(bytes.AsSpan(header.Length));
        payload.CopyTo(bytes.AsSpan(header.Length + salt.Length));
        var read = EventHeader.TryRead(bytes.AsMemory(0, header.Length), out _)
            ?? throw new InvalidOperationException("A stored header is damaged.");
        return salt.IsEmpty
            ? new Event(read, null)
            : new Event(read, new Payload(
                bytes.AsMemory(header.Length, salt.Length),
                bytes.AsMemory(header.Length + salt.Length)));
    }
}
