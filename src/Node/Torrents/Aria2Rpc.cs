using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>An aria2 that listens for JSON-RPC.</summary>
/// <remarks>
/// It has no labels, but lets whoever adds a download choose its id: ours are made of the infohash, so none of another
/// program's is taken for ours. It forgets all downloads when it ends, and is a weak seeder.
/// </remarks>
public sealed class Aria2Rpc : ITorrentClient
{
    private const int DownloadsMax = 1_000;

    private static readonly JsonArray Keys = new(
        "gid", "status", "infoHash", "completedLength", "totalLength", "seeder");

    private readonly Uri _address;
    private readonly string? _secret;
    private readonly ClientHttp _http = new();

    /// <param name="address">As <c>http://127.0.0.1:6800/jsonrpc</c>.</param>
    public Aria2Rpc(Uri address, string? secret) => (_address, _secret) = (address, secret);

    /// <summary>It takes one of a range of ports, and does not say which.</summary>
    public Task<int?> PeerPortAsync(CancellationToken cancellation) => Task.FromResult<int?>(null);

    public async Task AddAsync(TorrentOrder order, CancellationToken cancellation)
    {
        var ih = order.What.InfoHash;
        if ((await AllAsync(cancellation)).FirstOrDefault(d => IsOf(d, ih) && IsAlive(d)) is { } there)
        {
            if (IsOurs(there)) return;
            throw ClientHttp.NotOurs();
        }

        // One that failed or was removed keeps its id.
        await ForgetAsync(ih, cancellation);
        await CallAsync(
            "addTorrent",
            Aria2Json.Default.Aria2ReplyString,
            cancellation,
            Convert.ToBase64String(order.Torrent),
            new JsonArray(),
            new JsonObject
            {
                ["gid"] = GidOf(ih),
                ["dir"] = order.Folder,
                ["check-integrity"] = "true",
                ["allow-overwrite"] = "true",
                ["seed-ratio"] = "0.0",
                ["follow-torrent"] = "false",
            });
    }

    public async Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).FirstOrDefault(t => t.InfoHash == ih);

    public async Task<IReadOnlyList<TorrentStatus>> ListAsync(CancellationToken cancellation) =>
        [.. (await AllAsync(cancellation)).Where(d => IsOurs(d) && d.Status != "removed").Select(Status)];

    public async Task<bool> RemoveAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (await FindAsync(ih, cancellation) is not { } there) return false;
        if (there.State is not (TorrentState.Failed or TorrentState.Stopped) || !await ForgetAsync(ih, cancellation))
        {
            await OnAsync("forceRemove", ih, cancellation);
            // It ends the download later, and lists it until it is told to forget it.
            await ClientHttp.UntilAsync(() => ForgetAsync(ih, cancellation), cancellation);
        }

        return true;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first 8 bytes of SHA-256("anarchive/v1/aria2\0" ‖ infohash), never zero in practice.</summary>
    private static string GidOf(Hash160 ih) => Convert.ToHexStringLower(
        Hash256.Sha256("anarchive/v1/aria2\0"u8, ih.ToArray()).ToArray().AsSpan(0, 8));

    private static bool IsOurs(Aria2Download download) =>
        Hash160.TryParse(download.InfoHash, out var ih) && download.Gid == GidOf(ih);

    private static bool IsOf(Aria2Download download, Hash160 ih) =>
        Hash160.TryParse(download.InfoHash, out var other) && other == ih;

    /// <summary>One that ended is listed still.</summary>
    private static bool IsAlive(Aria2Download download) => download.Status is "active" or "waiting" or "paused";

    private static TorrentStatus Status(Aria2Download download)
    {
        var (done, all) = (Number(download.CompletedLength), Number(download.TotalLength));
        return new TorrentStatus(
            new Hash160(Convert.FromHexString(download.InfoHash!)),
            download.Status switch
            {
                "error" => TorrentState.Failed,
                "paused" => TorrentState.Stopped,
                "complete" => TorrentState.Seeding,
                "waiting" => TorrentState.Checking,
                _ => download.Seeder == "true" && done == all ? TorrentState.Seeding : TorrentState.Fetching,
            },
            done);
    }

    private static long Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private Task<string> OnAsync(string method, Hash160 ih, CancellationToken cancellation) =>
        CallAsync(method, Aria2Json.Default.Aria2ReplyString, cancellation, GidOf(ih));

    private async Task<IEnumerable<Aria2Download>> AllAsync(CancellationToken cancellation)
    {
        var type = Aria2Json.Default.Aria2ReplyAria2DownloadArray;
        var active = await CallAsync("tellActive", type, cancellation, Keys.DeepClone());
        var waiting = await CallAsync("tellWaiting", type, cancellation, 0, DownloadsMax, Keys.DeepClone());
        var ended = await CallAsync("tellStopped", type, cancellation, 0, DownloadsMax, Keys.DeepClone());
        return active.Concat(waiting).Concat(ended);
    }

    private async Task<bool> ForgetAsync(Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            await OnAsync("removeDownloadResult", ih, cancellation);
            return true;
        }
        catch (CarrierException none) when (none.Code == "client_refused")
        {
            return false;
        }
    }

    private async Task<T> CallAsync<T>(
        string method, JsonTypeInfo<Aria2Reply<T>> type, CancellationToken cancellation, params JsonNode[] arguments)
    {
        var parameters = new JsonArray();
        if (_secret is not null) parameters.Add((JsonNode)$"token:{_secret}");
        foreach (var argument in arguments) parameters.Add(argument);
        var call = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = "1",
            ["method"] = "aria2." + method,
            ["params"] = parameters,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, _address);
        request.Content = new StringContent(call.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, cancellation);
        var reply = await ClientHttp.ReadAsync(response, type, cancellation);
        return reply.Result ?? throw ClientHttp.Refused();
    }
}

internal sealed record Aria2Reply<T>(T? Result);

/// <summary>Numbers are texts in aria2's answers.</summary>
internal sealed record Aria2Download(
    string? Gid, string? Status, string? InfoHash, string? CompletedLength, string? TotalLength, string? Seeder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Aria2Reply<string>))]
[JsonSerializable(typeof(Aria2Reply<Aria2Download[]>))]
internal sealed partial class Aria2Json : JsonSerializerContext;
