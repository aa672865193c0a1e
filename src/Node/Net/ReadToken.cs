using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Anarchive.Node;

/// <summary>Lets players of this owner read markers. It stands in an address: players send no headers.</summary>
/// <remarks>It reads markers and nothing else. Safe from any thread.</remarks>
public sealed class ReadToken
{
    private const string Name = "net.read_token";
    private const int Bytes = 16;

    private readonly LogWriter _writer;
    private volatile string? _current;

    public ReadToken(Database database, LogWriter writer)
    {
        _writer = writer;
        using var db = database.OpenReader();
        _current = db.QuerySingleOrDefault<string>("SELECT value FROM meta WHERE key = @Name", new { Name });
    }

    /// <summary>The token in force, made where there is none; durable when it returns.</summary>
    public async Task<string> CurrentAsync(CancellationToken cancellation) =>
        _current ?? await RenewAsync(cancellation);

    /// <summary>Makes another: players that have the old one read nothing more. Durable when it returns.</summary>
    public async Task<string> RenewAsync(CancellationToken cancellation)
    {
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        await _writer.OnWriterAsync(
            db => db.Execute("INSERT OR REPLACE INTO meta (key, value) VALUES (@Name, @made)", new { Name, made }),
            cancellation);
        return _current = made;
    }

    public bool Is(string? shown) => _current is { } current && shown is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(current));
}
