using Dapper;

namespace Anarchive.Node;

/// <summary>How many bytes of copies may still come today (UTC); what came is kept over a restart.</summary>
public sealed class Traffic(Database database, LogWriter writer, NodeOptions options, TimeProvider time)
{
    public long LeftBytes()
    {
        if (options.FleetCopyBytesPerDay == 0) return long.MaxValue;
        using var db = database.OpenReader();
        var came = db.QuerySingleOrDefault<long>(
            "SELECT bytes FROM store_traffic WHERE day = @day", new { day = Day() });
        return Math.Max(0, options.FleetCopyBytesPerDay - came);
    }

    public Task NoteAsync(long bytes, CancellationToken cancellation) => writer.OnWriterAsync(
        db => db.Execute(
            """
            DELETE FROM store_traffic WHERE day < @day;
            INSERT INTO store_traffic (day, bytes) VALUES (@day, @bytes)
            ON CONFLICT (day) DO UPDATE SET bytes = bytes + @bytes
            """,
            new { day = Day(), bytes }),
        cancellation);

    private long Day() => time.GetUtcNow().ToUnixTimeSeconds() / (24 * 3600);
}
