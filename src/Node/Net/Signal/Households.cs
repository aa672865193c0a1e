using System.Security.Cryptography;
using Anarchive.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A household that this node counts.</summary>
/// <param name="Name">What the aggregator's owner calls it.</param>
/// <param name="Fleet">Of its token the SHA-256; the token itself is kept by the household alone.</param>
public sealed record Household(string Name, string Fleet, long SinceMs);

/// <summary>Which households an aggregator enrolled. Safe from any thread.</summary>
public sealed class Households(Database database, LogWriter writer, SignalBox box, TimeProvider time)
{
    private const int NameCharsMax = 64;

    /// <summary>More would not be counted within one look.</summary>
    private const int Most = 1_000;

    public IReadOnlyList<Household> All()
    {
        using var db = database.OpenReader();
        return
        [
            .. db.Query<(string Name, string Fleet, long SinceMs)>(
                "SELECT name, fleet, since_ms FROM signal_households ORDER BY name")
                .Select(r => new Household(r.Name, r.Fleet, r.SinceMs)),
        ];
    }

    /// <summary>
    /// Enrols a household: the text for its owner, which is shown once. Durable when it returns. Codes: bad_name,
    /// household_taken, too_many_households.
    /// </summary>
    public async Task<(string? Text, Problem? Problem)> EnrolAsync(string name, CancellationToken cancellation)
    {
        // It is part of a route, where a slash, and dots alone, mean something else.
        if (name.Trim() != name || name.Length is 0 or > NameCharsMax || name is "." or ".."
            || name.Any(c => char.IsControl(c) || c is '/' or '\\'))
            return (null, new Problem(
                "bad_name", 400, "A household's name is one line of 1 to 64 characters, without slashes."));
        var token = RandomNumberGenerator.GetBytes(SignalEnrolment.TokenBytes);
        var fleet = SignalWeek.FleetOf(Convert.ToHexStringLower(token));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var problem = await writer.OnWriterAsync(db => Add(db, new Household(name, fleet, now)), cancellation);
        return problem is null
            ? (new SignalEnrolment(writer.Self, box.PublicKey.ToArray(), token).Write(), null)
            : (null, problem);
    }

    /// <summary>
    /// Counts a household no longer, nor what it reported of a week that is not counted yet; false where there is none.
    /// Durable when it returns.
    /// </summary>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellation) => writer.OnWriterAsync(
        db =>
        {
            db.Execute(
                """
                DELETE FROM signal_reports WHERE fleet IN (SELECT fleet FROM signal_households WHERE name = @name)
                """,
                new { name });
            return db.Execute("DELETE FROM signal_households WHERE name = @name", new { name }) > 0;
        },
        cancellation);

    private static Problem? Add(SqliteConnection db, Household household)
    {
        if (db.QuerySingle<long>("SELECT count(*) FROM signal_households") >= Most)
            return new Problem("too_many_households", 409, "One node counts at most 1000 households.");
        return db.Execute(
            """
            INSERT INTO signal_households (name, fleet, since_ms) VALUES (@Name, @Fleet, @SinceMs)
            ON CONFLICT DO NOTHING
            """,
            household) > 0
            ? null
            : new Problem("household_taken", 409, "A household of that name is enrolled already.");
    }
}
