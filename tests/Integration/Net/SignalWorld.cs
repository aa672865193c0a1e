using System.Collections.Concurrent;
using System.Text;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A week that tests live through: 2026-W07, from its Wednesday to the Thursday after.</summary>
internal static class SignalWorld
{
    public const string Week = "2026-W07";
    public const string Listen = "https://127.0.0.1:0";

    public static readonly DateTimeOffset Wednesday = new(2026, 2, 11, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Every household's report is due by now.</summary>
    public static readonly DateTimeOffset Sending = new(2026, 2, 18, 12, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Counting = new(2026, 2, 19, 1, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ShiftedTime Clock() => new(Wednesday - DateTimeOffset.UtcNow);

    /// <summary>The wall clock of every node that has this time; what measures durations does not notice.</summary>
    public static void Set(this ShiftedTime time, DateTimeOffset to) => time.SetAhead(to - DateTimeOffset.UtcNow);

    public static Task<LiveNode> Start(ShiftedTime time, Seen? seen = null) => LiveNode.Start(
        time, peerListen: Listen, with: options => options with { HeartbeatSeconds = 1 },
        services: services =>
        {
            if (seen is not null) services.Insert(0, new(typeof(IStartupFilter), seen));
        });

    public static string Bt2(char digit) => "bt2:" + new string(digit, 64);

    public static async Task<SignalEnrolment> Enrol(this LiveNode aggregator, string name)
    {
        var (text, problem) = await aggregator.Get<Households>().EnrolAsync(name, Cancellation);
        Assert.Null(problem);
        return SignalEnrolment.TryParse(text)!;
    }

    /// <summary>A box as that household would seal it.</summary>
    public static byte[] Box(SignalEnrolment household, string week, params (string Key, SignalMetric Metric)[] said) =>
        SignalBox.Seal(
            new SignalReport(
                1, Convert.ToHexStringLower(household.Token.Span), week,
                [.. said.Select(s => new SignalItem(s.Key, s.Metric))], []),
            household.BoxKey.Span)!;

    public static Task<bool> Take(this LiveNode aggregator, byte[] box) =>
        aggregator.Get<Aggregator>().TakeAsync(box, Cancellation);

    public static async Task Add(this LiveNode node, string key, SignalMetric metric)
    {
        await node.See(key);
        Assert.Null(await node.Get<ReportBook>().AddAsync(key, metric, isOpen: true, Cancellation));
    }

    public static async Task Subscribe(this LiveNode node, LiveNode aggregator, int k = 5) => Assert.Null(
        await node.Get<PartConsents>().SubscribeAsync(
            new Subscription("signal", Subscription.Network, null, 2, 50, aggregator.Id, k), Cancellation));

    public static IReadOnlyList<TotalView> Totals(this LiveNode node, string key) =>
        node.Get<PartQueries>().Explain(key, null)!.Totals;

    public static long Rows(this LiveNode node, string table)
    {
        using var db = node.Get<Database>().OpenReader();
        return db.QuerySingle<long>($"SELECT count(*) FROM {table}");
    }

    /// <summary>Once the week was counted, and what follows from it is published.</summary>
    public static Task Counted(this LiveNode aggregator, string week = Week) => Eventually.True(
        () =>
        {
            using var db = aggregator.Get<Database>().OpenReader();
            return db.QuerySingle<long>("SELECT count(*) FROM signal_weeks WHERE week = @week", new { week }) == 1;
        },
        "The week was not counted.",
        aggregator);
}

/// <summary>Notes what comes in at the routes of reports, as it comes: headers and body.</summary>
internal sealed class Seen : IStartupFilter
{
    public ConcurrentQueue<(string Path, string Headers, byte[] Body)> Requests { get; } = new();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(NoteAsync);
        next(app);
    };

    private async Task NoteAsync(HttpContext context, RequestDelegate go)
    {
        var path = context.Request.Path.ToString();
        if (path is "/net/v1/relay" or "/net/v1/reports")
        {
            context.Request.EnableBuffering();
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            context.Request.Body.Position = 0;
            var headers = new StringBuilder();
            foreach (var (name, value) in context.Request.Headers) headers.Append(name).Append(value).Append('\n');
            Requests.Enqueue((path, headers.ToString(), body.ToArray()));
        }

        await go(context);
    }
}
