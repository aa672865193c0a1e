using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// How soon a post shows at a peer while a member sends and reads a byte a second on many connections, and another
/// sends batches under wrong signatures as fast as it can. Baseline: the same posts without the two.
/// </summary>
internal static class Isolation
{
    private const int Posts = 150;
    private const int WarmUp = 30;
    private const int SlowConnections = 20;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var pair = await Pair.SharingAsync(scratch, settings, cancellation);
        await using var guest = await Guest.StartAsync(scratch.Path("guest"), cancellation);
        var group = await guest.JoinAsync(pair.Source, Mix.Hive, cancellation);
        var frame = await Hostile.ForgedAsync(guest, group, cancellation);
        // It knows both nodes; the one it joined is the owner's.
        var host = guest.Get<PeerBook>().Find(guest.Writer.AuthorityOf(group).Owner)!;
        await PostAsync(pair, 0, WarmUp, cancellation);
        var before = await PostAsync(pair, WarmUp, Posts, cancellation);
        List<double> beside;
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            var events = $"/sync/v1/groups/{group}/events";
            Task[] bad =
            [
                PressAsync(pair.Source, events, host.Token!, frame, ended.Token),
                .. Enumerable.Range(0, SlowConnections).Select(n => TrickleAsync(
                    pair.Source,
                    n % 2 == 0 ? Upload(events) : Download(guest, host.Id, group, events),
                    host.Token!, ended.Token)),
            ];
            beside = await PostAsync(pair, WarmUp + Posts, Posts, cancellation);
            await ended.CancelAsync();
            await Task.WhenAll(bad);
        }

        var document = new JsonObject
        {
            ["name"] = "isolation",
            ["alone"] = Samples.ToJson(before),
            ["besideBadPeers"] = Samples.ToJson(beside),
            ["slowConnections"] = SlowConnections,
            ["ratio"] = Math.Round(beside.At(0.5) / before.At(0.5), 2),
        };
        return new Report(
            document,
            $"visible after p50 {beside.At(0.5):F1} ms, p99 {beside.At(0.99):F1} ms beside bad peers; alone p50 "
                + $"{before.At(0.5):F1} ms, p99 {before.At(0.99):F1} ms");
    }

    private static async Task<List<double>> PostAsync(
        Pair pair, int first, int posts, CancellationToken cancellation)
    {
        var samples = new List<double>();
        for (var n = first; n < first + posts; n++)
        {
            // Not in step with any timer of the nodes.
            await Task.Delay(20 + n % 13, cancellation);
            samples.Add(await Push.VisibleAsync(pair, n, cancellation));
        }

        return samples;
    }

    private static string Upload(string events) =>
        $"POST {events} HTTP/1.1\r\nContent-Type: application/vnd.anarchive.events\r\nContent-Length: 1000000\r\n";

    private static string Download(Guest guest, NodeId host, GroupId group, string events)
    {
        var chain = guest.Writer.Durable(group).Heads.First(h => h.Key.Origin == host).Key;
        return $"GET {events}?want={Wire.Place(chain, 0)} HTTP/1.1\r\n";
    }

    /// <summary>Sends forged batches one after the other.</summary>
    private static async Task PressAsync(
        NodeProcess node, string events, string token, byte[] frame, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(node.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            while (true)
            {
                using var content = new ByteArrayContent(frame);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.anarchive.events");
                using var response = await http.PostAsync(events, content, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }
    }

    /// <summary>Sends and reads one byte a second; begins again whenever it is thrown out.</summary>
    private static async Task TrickleAsync(
        NodeProcess node, string request, string token, CancellationToken cancellation)
    {
        var (at, one) = (new Uri(node.Url), new byte[1]);
        try
        {
            while (true)
            {
                using var tcp = new TcpClient { ReceiveBufferSize = 1_024 };
                try
                {
                    await tcp.ConnectAsync(at.Host, at.Port, cancellation);
                    await using var stream = tcp.GetStream();
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes($"{request}Host: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"),
                        cancellation);
                    while (request.StartsWith("GET", StringComparison.Ordinal)
                        ? await stream.ReadAsync(one, cancellation) > 0
                        : await SendAsync(stream))
                        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
                }
                catch (Exception thrownOut) when (thrownOut is IOException or SocketException)
                {
                    // Again.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }

        async Task<bool> SendAsync(NetworkStream stream)
        {
            await stream.WriteAsync(one, cancellation);
            return true;
        }
    }
}
