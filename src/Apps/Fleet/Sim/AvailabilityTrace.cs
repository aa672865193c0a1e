using System.Globalization;

namespace Anarchive.Fleet;

/// <summary>Why a line is no line of a trace.</summary>
public enum TraceFault
{
    /// <summary>It has no name, or no count of intervals behind it.</summary>
    Fields,

    /// <summary>Its intervals are not as many as it says.</summary>
    Count,

    /// <summary>Something that is no number of seconds from 0 to 366 days.</summary>
    Number,

    /// <summary>An interval ends before it begins, or begins before the one before it ended.</summary>
    Order,
}

/// <summary>When one device was up, as seconds from the trace's beginning.</summary>
/// <param name="Edges">Start, end, start, end …; ascending. It is up at its start and not at its end.</param>
public sealed record TracedDevice(IReadOnlyList<long> Edges)
{
    public long UpSeconds
    {
        get
        {
            var sum = 0L;
            for (var at = 0; at < Edges.Count; at += 2) sum += Edges[at + 1] - Edges[at];
            return sum;
        }
    }
}

/// <summary>When each of many devices was up.</summary>
/// <remarks>
/// The form of the Repository of Availability Traces (Godfrey 2006): a line per device, of its name, the number of its
/// intervals, and their starts and ends in seconds, divided by white space.
/// </remarks>
public sealed record AvailabilityTrace(IReadOnlyList<TracedDevice> Devices)
{
    private const long SecondsMax = 366L * 24 * 3600;
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>From its beginning to the last moment that any device was up.</summary>
    public long LengthSeconds { get; } = Devices.Select(d => d.Edges is [.., var end] ? end : 0).DefaultIfEmpty().Max();

    /// <summary>One line's device, or what is wrong with it.</summary>
    public static TraceFault? Read(string line, out TracedDevice device)
    {
        device = new TracedDevice([]);
        var fields = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2 || !TryRead(fields[1], out var count)) return TraceFault.Fields;
        if (fields.Length - 2 != 2 * count) return TraceFault.Count;
        var edges = new long[fields.Length - 2];
        for (var at = 0; at < edges.Length; at++)
        {
            if (!TryRead(fields[at + 2], out edges[at])) return TraceFault.Number;
            if (at > 0 && edges[at] < edges[at - 1]) return TraceFault.Order;
        }

        device = new TracedDevice(edges);
        return null;
    }

    /// <summary>Devices that were up for that share of the whole trace.</summary>
    public IReadOnlyList<TracedDevice> UpFor(int permille) =>
        [.. Devices.Where(d => d.UpSeconds * 1000 >= LengthSeconds * permille)];

    private static bool TryRead(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds <= SecondsMax;
}
