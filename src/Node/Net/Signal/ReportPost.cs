using System.Security.Cryptography;
using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What this household's owner is shown of its reports.</summary>
/// <param name="Aggregator">Null while reporting is off.</param>
/// <param name="Waiting">Things to be reported.</param>
/// <param name="SentWeek">The last week whose report was taken.</param>
/// <param name="CountsWatched">What is watched to its end is noted for the report.</param>
/// <param name="Cause">Why the last attempt came to nothing: no_relay or report_refused; null where it did not.</param>
public sealed record ReportView(
    NodeId? Aggregator, long? SinceMs, int Waiting, string? SentWeek, bool CountsWatched, string? Cause);

/// <summary>Sends a week's report, sealed, by one friend who is not the aggregator.</summary>
/// <remarks>
/// Not thread-safe, but for <see cref="View"/>. Friends are asked one after the other, by chance, until one has passed
/// it on: who is asked learns that this node reports to that aggregator, and no more. One who says so and keeps the box
/// is not found out; the next week it is another.
/// </remarks>
public sealed class ReportPost(
    ReportBook book, RingBook rings, PeerLoop loop, PeerClient client, NodeOptions options, TimeProvider time,
    ILogger<ReportPost> log)
{
    /// <summary>Friends who passed none on: whoever asks again does so within their quotas.</summary>
    public const string NoRelay = "no_relay";

    private const int DoublingsMax = 6;

    private volatile string? _cause;
    private ReadOnlyMemory<byte> _token;
    private int _failures;
    private long _failedAt;

    public ReportView View()
    {
        var now = book.Now();
        return new ReportView(
            now?.Enrolment.Aggregator, now?.SinceMs, book.Waiting(), now?.SentWeek, book.CountsWatched(),
            now is null ? null : _cause);
    }

    /// <summary>Sends what is due, and drops what nobody takes any more. What cannot be sent is tried again.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (book.Now() is not { } reporting) return;
        // What came of another enrolment says nothing of this one.
        if (!_token.Span.SequenceEqual(reporting.Enrolment.Token.Span)) (_cause, _failures) = (null, 0);
        _token = reporting.Enrolment.Token;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var week in book.Weeks())
        {
            if (SignalCalendar.ClosesAt(week) <= now)
            {
                await book.DropAsync(week);
                _cause = null;
            }
            else if (SignalCalendar.DueAt(week, reporting.Enrolment.Token.Span) <= now && !IsWaiting())
            {
                await SendAsync(reporting, week, cancellation);
            }
        }
    }

    private async Task SendAsync(Reporting reporting, string week, CancellationToken cancellation)
    {
        if (reporting.SentWeek is { } sent && string.CompareOrdinal(week, sent) <= 0)
        {
            await book.DropAsync(week);
            return;
        }

        _cause = NoRelay;
        foreach (var friend in Friends(reporting))
        {
            // Asked anew: a friend can be slow, and the owner may have taken something back, or all of it.
            if (book.Now()?.Enrolment.Token.Span.SequenceEqual(reporting.Enrolment.Token.Span) != true) return;
            if (book.Make(reporting.Enrolment, week) is not { } report
                || SignalBox.Seal(report, reporting.Enrolment.BoxKey.Span) is not { } box)
            {
                await book.DropAsync(week);
                return;
            }

            try
            {
                await client.RelayAsync(
                    friend, reporting.Enrolment.Aggregator, Base64UrlText.Encode(box), cancellation);
                await book.SentAsync(reporting.Enrolment, week);
                (_cause, _failures) = (null, 0);
                return;
            }
            catch (PeerException failed)
            {
                NodeLog.ReportNotPassedOn(log, failed.Code);
                if (failed.Code != Aggregator.Refused) continue;
                // The aggregator said so: it would say the same by another friend.
                _cause = Aggregator.Refused;
                break;
            }
        }

        _failures = Math.Min(_failures + 1, DoublingsMax);
        _failedAt = time.GetTimestamp();
    }

    /// <summary>Friends that answer now; the aggregator is none of them, nor are devices of this household.</summary>
    private NodeId[] Friends(Reporting reporting)
    {
        var friends = rings.All
            .Where(p => p is { EndedMs: null, Kind: InviteKind.Friend } && p.Node != reporting.Enrolment.Aggregator
                && loop.Find(p.Node)?.Look(session => session.Contact) == Contact.Up)
            .Select(p => p.Node).ToArray();
        RandomNumberGenerator.Shuffle(friends.AsSpan());
        return friends;
    }

    /// <summary>After each failure twice as long, from one heartbeat on.</summary>
    private bool IsWaiting() => _failures > 0
        && time.GetElapsedTime(_failedAt) < TimeSpan.FromSeconds(options.HeartbeatSeconds * (1 << (_failures - 1)));
}
