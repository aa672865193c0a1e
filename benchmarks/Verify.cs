using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>
/// Everything intake checks without knowing state, on one thread: sizes, links, hashes, payload JSON, one signature
/// per batch. Baseline: the hashes and signatures alone, over the same bytes.
/// </summary>
internal static class Verify
{
    private const int EventsMax = 100_000;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        var events = Math.Min(settings.Events ?? Settings.EventsUsually, EventsMax);
        await Mix.WriteAsync(scratch.Path("node"), events, settings.Log, cancellation);
        var options = new NodeOptions { DataDirectory = scratch.Path("node"), Listen = "http://127.0.0.1:0" };
        await using var app = WebHost.Build(options, null);
        var reader = app.Services.GetRequiredService<SqliteEventReader>();
        var key = app.Services.GetRequiredService<ISigner>().PublicKey;
        var verifier = app.Services.GetRequiredService<IVerifier>();
        var (group, chain) = reader.ChainOf(1) ?? throw new InvalidOperationException("The mix is empty.");
        var batches = new List<Batch>();
        while (Next() is { } batch) batches.Add(batch);

        Batch? Next() => reader.Read(
            group, chain, batches.LastOrDefault()?.LastSeq ?? 0, Limits.BatchEventsMax, Limits.BatchBytesMax);

        var (checks, bare) = (new List<double>(), new List<double>());
        for (var run = 0; run <= settings.Runs; run++)
        {
            var whole = Time(() => Check(batches, group, verifier, key));
            var crypto = Time(() => Crypto(batches, verifier, key));
            // The first run warms up.
            if (run == 0) continue;
            checks.Add(events / whole.TotalSeconds);
            bare.Add(events / crypto.TotalSeconds);
        }

        var document = new JsonObject
        {
            ["name"] = "verify",
            ["events"] = events,
            ["eventsPerSecond"] = Math.Round(checks.Median()),
            ["baselineEventsPerSecond"] = Math.Round(bare.Median()),
            ["ratio"] = Math.Round(checks.Median() / bare.Median(), 2),
        };
        return new Report(
            document, $"{checks.Median():F0} events/s on one thread; hashes and signatures alone: {bare.Median():F0}");
    }

    private static void Check(List<Batch> batches, GroupId group, IVerifier verifier, PublicKey key)
    {
        var schema = new HivePayloads();
        foreach (var batch in batches)
            if (BatchCheck.Check(group, batch, schema, verifier, key, out var why) is null)
                throw new InvalidOperationException($"An own batch was refused: {why}.");
    }

    private static void Crypto(List<Batch> batches, IVerifier verifier, PublicKey key)
    {
        foreach (var batch in batches)
        {
            foreach (var one in batch.Events)
            {
                _ = EventId.Of(one.Header.Bytes.Span);
                _ = one.Payload?.Hash();
            }

            var signed = Batch.SignedBytes(batch.Events[^1].Header);
            if (!verifier.Verify(key, signed, batch.Signature.Span))
                throw new InvalidOperationException("An own signature does not hold.");
        }
    }

    private static TimeSpan Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed;
    }
}
