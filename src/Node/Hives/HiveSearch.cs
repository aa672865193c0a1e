using System.Text;
using System.Threading.Channels;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Keeps the full-text index of titles and texts, behind the writer.</summary>
/// <remarks>
/// It reads arrivals from its own cursor on, waits while events pour in, and writes small transactions, so that
/// neither a backfill nor a local write waits for it. Erased texts leave the index in the erasing transaction.
/// </remarks>
internal sealed class HiveSearch(
    Database database, IEventReader events, LogWriter writer, HiveChains chains, ILogger<HiveSearch> log)
    : BackgroundService
{
    private const string Cursor = "hive_search";

    /// <summary>Texts per transaction: a few milliseconds of the writer's time.</summary>
    private const int TextsMax = 100;

    /// <summary>Runs of events looked through per step.</summary>
    private const int RunsMax = 8;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly HiveTexts _texts = new(events);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Indexes what has arrived since the last step; false when nothing was left.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var (texts, next) = ReadOn();
        if (next is not { } cursor) return false;
        for (var at = 0; at == 0 || at < texts.Count; at += TextsMax)
        {
            var some = texts.Skip(at).Take(TextsMax).ToList();
            var isLast = at + TextsMax >= texts.Count;
            await writer.OnWriterAsync(db => Write(db, some, isLast ? cursor : null), cancellation);
        }

        return true;
    }

    /// <summary>Makes the index anew, text by text, from the first arrival on.</summary>
    public static int StartOver(SqliteConnection db) =>
        db.Execute("DELETE FROM cursors WHERE projection = @Cursor", new { Cursor });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var listening = writer.Listen(_ => _changes.Writer.TryWrite(true));
        _changes.Writer.TryWrite(true);
        try
        {
            while (await _changes.Reader.WaitToReadAsync(stoppingToken))
            {
                await SettleAsync(stoppingToken);
                try
                {
                    // While events pour in, one step per wait: the index falls behind, the backfill does not.
                    while (await StepAsync(stoppingToken))
                        if (_changes.Reader.TryPeek(out _)) await SettleAsync(stoppingToken);
                }
                catch (SqliteException failure)
                {
                    NodeLog.SearchFailed(log, failure);
                    await Task.Delay(AfterFailure, stoppingToken);
                    _changes.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the cursor says where to go on.
        }
    }

    /// <summary>Waits until no event has come for a moment, or long enough.</summary>
    private async Task SettleAsync(CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < LongestWait; waited += Quiet)
        {
            while (_changes.Reader.TryRead(out _)) { }
            await Task.Delay(Quiet, cancellation);
            if (!_changes.Reader.TryPeek(out _)) return;
        }
    }

    /// <summary>The texts to index next, and the cursor behind them; null where nothing has arrived.</summary>
    private (List<IndexedText> Texts, long? Next) ReadOn()
    {
        using var db = database.OpenReader();
        var cursor = db.QuerySingleOrDefault<long>(
            "SELECT arrival FROM cursors WHERE projection = @Cursor", new { Cursor });
        var runs = db.Query<(long First, long Chain, long FirstSeq, long Count)>(
            """
            SELECT a.first, a.chain, a.first_seq, a.count
            FROM arrivals a JOIN chains c ON c.no = a.chain JOIN groups g ON g.no = c.group_no
            WHERE a.first >= @cursor AND g.kind = 'hive' ORDER BY a.first LIMIT @RunsMax
            """,
            new { cursor, RunsMax }).AsList();
        if (runs.Count == 0) return ([], null);
        var rows = new SortedSet<long>();
        using var header = db.Statement(
            "SELECT seq, header FROM events WHERE chain = ?1 AND seq >= ?2 AND seq < ?3");
        foreach (var run in runs)
        {
            header.Bind(1, run.Chain).Bind(2, run.FirstSeq).Bind(3, run.FirstSeq + run.Count);
            while (header.Step())
                if (RowOf(db, run.Chain, header.Int64(0), header.Blob(1)) is { } row) rows.Add(row);
            header.Reset();
        }

        var texts = new List<IndexedText>(rows.Count);
        foreach (var row in rows)
            if (ReadText(db, row) is { } text) texts.Add(text);
        return (texts, runs[^1].First + runs[^1].Count);
    }

    /// <summary>The index row that an event concerns; null for kinds without text.</summary>
    private long? RowOf(SqliteConnection db, long chain, long seq, ReadOnlySpan<byte> header)
    {
        var kind = Encoding.ASCII.GetString(header.Slice(Limits.HeaderFixedBytes, header[1]));
        if (kind is "post_created" or "comment_created") return SearchRow.Of(chain, seq);
        if (kind is not ("post_updated" or "comment_updated")) return null;
        if (EventHeader.TryRead(header.ToArray(), out _) is not { Refs: [var target] }) return null;
        return db.NumberOf(chains.Of(chain).Group, target.Chain) is { } number
            ? SearchRow.Of(number, target.Seq)
            : null;
    }

    private IndexedText? ReadText(SqliteConnection db, long row)
    {
        var (chain, seq) = SearchRow.Parse(row);
        if (db.FindItem(chains, chain, seq) is not { } item) return null;
        var text = _texts.Read(chains.Of(chain).Group, item);
        return text.Agent is null ? null : new IndexedText(row, text.Title ?? "", text.Content ?? "");
    }

    private static int Write(SqliteConnection db, List<IndexedText> texts, long? cursor)
    {
        using var remove = db.Statement("DELETE FROM hive_search WHERE rowid = ?1");
        // Deleted since it was read: its text must not come back.
        using var add = db.Statement(
            """
            INSERT INTO hive_search (rowid, title, body)
            SELECT ?1, ?2, ?3 FROM hive_items
            WHERE chain = ?4 AND seq = ?5 AND kind <> 0 AND own_tombstone = 0 AND rank_tombstones = 0
            """);
        foreach (var text in texts)
        {
            var (chain, seq) = SearchRow.Parse(text.Row);
            remove.Bind(1, text.Row).Run();
            add.Bind(1, text.Row).Bind(2, text.Title).Bind(3, text.Body).Bind(4, chain).Bind(5, seq).Run();
        }

        return cursor is null
            ? 0
            : db.Execute(
                "INSERT OR REPLACE INTO cursors (projection, arrival) VALUES (@Cursor, @cursor)",
                new { Cursor, cursor });
    }

    private sealed record IndexedText(long Row, string Title, string Body);
}
