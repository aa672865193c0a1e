using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>A message as it was logged.</summary>
/// <param name="Seq">Counts from 1 at each start.</param>
/// <param name="Cause">Types and methods of what was thrown; never its message, which may name a path.</param>
public sealed record LogEntry(
    long Seq, long TimeMs, LogLevel Level, LogArea Area, int EventId, string Message, string? Cause);

/// <summary>The last entries, for whoever asks later.</summary>
public sealed class LogMemory
{
    /// <summary>Some hours of a quiet node, and a fraction of a megabyte.</summary>
    public const int EntriesMax = 500;

    private readonly Queue<LogEntry> _entries = new(EntriesMax);
    private readonly Lock _lock = new();
    private long _seq;

    /// <summary>Keeps an entry under the next number.</summary>
    public LogEntry Keep(LogEntry unnumbered)
    {
        lock (_lock)
        {
            var entry = unnumbered with { Seq = ++_seq };
            if (_entries.Count == EntriesMax) _entries.Dequeue();
            _entries.Enqueue(entry);
            return entry;
        }
    }

    /// <summary>The number of the newest entry; 0 where there is none.</summary>
    public long Last
    {
        get
        {
            lock (_lock) return _seq;
        }
    }

    /// <summary>What came after an entry, oldest first.</summary>
    public IReadOnlyList<LogEntry> After(long seq)
    {
        lock (_lock) return [.. _entries.Where(e => e.Seq > seq)];
    }
}
