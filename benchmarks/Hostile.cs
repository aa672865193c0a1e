using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// A member that sends full batches under a signature that is not its own: what that costs the node, as a share of one
/// core. Once it waits as long as each answer asks, once it sends the next batch at once. Baseline: the node at rest.
/// </summary>
internal static class Hostile
{
    private const int BatchEvents = 500;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var node = await NodeProcess.StartAsync(
            new Home(scratch.Path("node")), "node", settings.Log, cancellation);
        await LocalWrite.OpenAsync(node, cancellation);
        await using var guest = await Guest.StartAsync(scratch.Path("guest"), cancellation);
        var group = await guest.JoinAsync(node, Mix.Hive, cancellation);
        var frame = await ForgedAsync(guest, group, cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(node.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", guest.Host.Token);
        var atRest = await SharesAsync(node, () => Task.Delay(Time / 4, cancellation));
        // Compiled, and out of its burst.
        await SendAsync(isPatient: false, TimeSpan.FromSeconds(3));
        var waiting = await SendAsync(isPatient: true, Time);
        var pressing = await SendAsync(isPatient: false, Time);
        var document = new JsonObject
        {
            ["name"] = "hostile",
            ["batchEvents"] = BatchEvents,
            ["batchBytes"] = frame.Length,
            ["coreShareAtRest"] = Math.Round(atRest, 3),
            ["waits"] = waiting.Document(),
            ["pressesOn"] = pressing.Document(),
        };
        return new Report(
            document,
            $"{waiting.Share:P1} of a core where the peer waits as it is told, {pressing.Share:P1} where it does not "
                + $"({pressing.Throttled / Time.TotalSeconds:F0} answers a second are 429); {atRest:P1} at rest");

        async Task<Outcome> SendAsync(bool isPatient, TimeSpan time)
        {
            var (refused, throttled) = (0, 0);
            var share = await SharesAsync(node, async () =>
            {
                for (var clock = Stopwatch.StartNew(); clock.Elapsed < time;)
                {
                    using var content = new ByteArrayContent(frame);
                    content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.anarchive.events");
                    using var response = await http.PostAsync(
                        $"/sync/v1/groups/{group}/events", content, cancellation);
                    if (response.StatusCode == HttpStatusCode.TooManyRequests) throttled++;
                    else refused += await IsRefusedAsync(response, cancellation) ? 1 : 0;
                    if (isPatient && response.Headers.RetryAfter?.Delta is { } wait)
                        await Task.Delay(wait, cancellation);
                }
            });
            return new Outcome(share, refused, throttled);
        }
    }

    /// <summary>Events that only the guest has, with one bit of their signature changed.</summary>
    public static async Task<byte[]> ForgedAsync(Guest guest, GroupId group, CancellationToken cancellation)
    {
        // What it writes from here on stays with it.
        await guest.Get<PeerLoop>().StopAsync(cancellation);
        var agent = new AgentProfile(new string('a', 16), "Nobody");
        var payload = HivePayloads.Write(new PostCreated(agent, "Title", new string('p', 400)), out _)!;
        await guest.Writer.WriteAsync(
            group, [.. Enumerable.Repeat(new Draft(new Kind("post_created"), payload, []), BatchEvents)], cancellation);
        var own = guest.Writer.OwnChain;
        var batch = guest.Get<IEventReader>().Read(group, own, 0, Limits.BatchEventsMax, Limits.BatchBytesMax)!;
        var body = new ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, body);
        var forged = body.WrittenSpan.ToArray();
        forged[^1] ^= 1;
        return forged;
    }

    private static async Task<bool> IsRefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return text.Contains(Refusal.BadSignature.Code(), StringComparison.Ordinal)
            ? true
            : throw new InvalidOperationException($"A forged batch was answered with {response.StatusCode}: {text}");
    }

    private static async Task<double> SharesAsync(NodeProcess node, Func<Task> work)
    {
        var (clock, before) = (Stopwatch.StartNew(), node.ProcessorTime());
        await work();
        return (node.ProcessorTime() - before) / clock.Elapsed;
    }

    private sealed record Outcome(double Share, int Refused, int Throttled)
    {
        public JsonObject Document() => new()
        {
            ["coreShare"] = Math.Round(Share, 3),
            ["refused"] = Refused,
            ["throttled"] = Throttled,
        };
    }
}
