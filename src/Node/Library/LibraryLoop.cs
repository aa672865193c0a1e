using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Reads a large library once the node serves, so that nobody waits seconds for its first page.</summary>
public sealed class LibraryLoop(
    LibraryBook book, Database database, IHostApplicationLifetime lifetime, ILogger<LibraryLoop> log)
    : BackgroundService
{
    /// <summary>Fewer are read while a page is asked for.</summary>
    private const int FilesMin = 2_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await Started.WaitAsync(lifetime, stoppingToken)) return;
        try
        {
            if (HasMany()) await Task.Run(book.Look, stoppingToken);
        }
        catch (Exception e) when (e is SqliteException or IOException or OperationCanceledException)
        {
            NodeLog.LibraryNotRead(log);
        }
    }

    private bool HasMany()
    {
        using var db = database.OpenReader();
        return LibraryRows.HasMany(db, FilesMin);
    }
}
