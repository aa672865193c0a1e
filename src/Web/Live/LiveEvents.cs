using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A viewer's wish: follow a channel, from now or from where it stopped.</summary>
public sealed record FollowFrame(string Follow, string? Database = null, long? Arrival = null);

/// <summary>An event of a followed channel; kinds <c>following</c> and <c>reset</c> answer the wish itself.</summary>
public sealed record LiveFrame(
    string Channel, string Database, long Arrival, string Kind, string? Id, IReadOnlyList<string> Refs);

/// <summary>
/// One viewer of the JSON socket. It reads what arrived from the database at its own pace, so nothing is queued for it
/// and a slow one loses nothing.
/// </summary>
internal sealed class LiveEvents(WebSocket socket, ArrivalFeed feed, HiveQueries queries) : IDisposable
{
    private readonly Dictionary<string, long> _after = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Dispose() => _gate.Dispose();

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Reads wishes until the viewer closes; a wish it cannot read ends the socket.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        var buffer = new byte[WebLimits.ViewerFrameBytesMax];
        while (socket.State == WebSocketState.Open)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (frame.MessageType == WebSocketMessageType.Close) return;
            var wish = frame is { EndOfMessage: true, MessageType: WebSocketMessageType.Text }
                ? Read(buffer.AsSpan(0, frame.Count))
                : null;
            if (wish is null || !await FollowAsync(wish, cancellation))
            {
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "bad_frame", cancellation);
                return;
            }

            Wake();
        }
    }

    /// <summary>Sends what arrived since each channel's last event, whenever something did.</summary>
    public async Task SendAsync(CancellationToken cancellation)
    {
        while (socket.State == WebSocketState.Open)
        {
            await _wake.Reader.ReadAsync(cancellation);
            while (await SendPageAsync(cancellation))
            {
            }
        }
    }

    private static FollowFrame? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ApiJson.Default.FollowFrame);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<bool> FollowAsync(FollowFrame wish, CancellationToken cancellation)
    {
        var known = wish.Follow.Split(':', 2) switch
        {
            ["hive", var name] => queries.Hive(name) is not null,
            ["post", var id] => queries.Post(id, null) is not null,
            _ => false,
        };
        await _gate.WaitAsync(cancellation);
        try
        {
            if (!known || (_after.Count >= WebLimits.ChannelsMax && !_after.ContainsKey(wish.Follow))) return false;
            var last = feed.Last();
            var resumes = wish.Arrival is >= 0 && wish.Arrival <= last && wish.Database == feed.Database;
            _after[wish.Follow] = resumes ? wish.Arrival!.Value : last;
            // A number of another database says nothing here: the viewer reads anew.
            var kind = wish.Arrival is null || resumes ? "following" : "reset";
            var answer = new LiveFrame(wish.Follow, feed.Database, _after[wish.Follow], kind, null, []);
            await SendAsync(answer, cancellation);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>True when more may wait.</summary>
    private async Task<bool> SendPageAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_after.Count == 0) return false;
            var page = feed.Since(_after.Values.Min(), WebLimits.ViewerPageMax);
            foreach (var arrived in page)
                foreach (var channel in Channels(arrived))
                    await SendAsync(Frame(channel, arrived), cancellation);
            if (page.Count > 0)
                foreach (var channel in _after.Keys.ToList())
                    _after[channel] = Math.Max(_after[channel], page[^1].Arrival);
            return page.Count == WebLimits.ViewerPageMax;
        }
        finally
        {
            _gate.Release();
        }
    }

    private IEnumerable<string> Channels(Arrived arrived)
    {
        foreach (var (channel, after) in _after)
        {
            if (after >= arrived.Arrival) continue;
            var (kind, name) = (channel[..5], channel[5..]);
            var meant = kind == "hive:" ? queries.Hive(name)?.Group == arrived.Group : IsAbout(name, arrived);
            if (meant) yield return channel;
        }
    }

    /// <summary>The post itself, or an event that refers to it or to one of its comments.</summary>
    private bool IsAbout(string post, Arrived arrived) =>
        Id(arrived) == post || Refs(arrived).Any(id => id == post || queries.Comment(id, null)?.PostId == post);

    private LiveFrame Frame(string channel, Arrived arrived) => new(
        channel, feed.Database, arrived.Arrival, arrived.Header.Kind.ToString(), Id(arrived), [.. Refs(arrived)]);

    private static string Id(Arrived arrived) => arrived.Header.Ref.ShortId(arrived.Group);

    private static IEnumerable<string> Refs(Arrived arrived) =>
        arrived.Header.Refs.Select(target => target.ShortId(arrived.Group));

    private Task SendAsync(LiveFrame frame, CancellationToken cancellation) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(frame, ApiJson.Default.LiveFrame), WebSocketMessageType.Text,
        endOfMessage: true, cancellation);
}
