using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary>A Transmission that listens for RPC, of version 2.80 to 4.0.</summary>
/// <remarks>
/// A call that failed is answered by 200, too: its <c>result</c> counts. Labels cannot be given when a torrent is added
/// (before 4.0), so one that stands in the folder we named, which is this node's, is ours even if a crash came between.
/// </remarks>
public sealed partial class TransmissionRpc : ITorrentClient
{
    internal const string Label = "anarchive";

    private const string SessionHeader = "X-Transmission-Session-Id";

    private static readonly JsonArray Fields = new(
        "hashString", "labels", "status", "sizeWhenDone", "leftUntilDone", "downloadDir", "error");

    private readonly Uri _address;
    private readonly AuthenticationHeaderValue? _login;
    private readonly ClientHttp _http = new();
    private readonly bool _isOwn;
    private string _session = "";

    /// <param name="address">As <c>http://127.0.0.1:9091/transmission/rpc</c>.</param>
    public TransmissionRpc(Uri address, string? user, string? password)
        : this(address, user, password, isOwn: false)
    {
    }

    /// <param name="isOwn">It is this node's child, and holds no torrents but this node's.</param>
    internal TransmissionRpc(Uri address, string? user, string? password, bool isOwn)
    {
        (_address, _isOwn) = (address, isOwn);
        if (user is not null)
            _login = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    public async Task<int?> PeerPortAsync(CancellationToken cancellation) =>
        (await SessionAsync(cancellation)).PeerPort;

    public async Task AddAsync(TorrentOrder order, CancellationToken cancellation)
    {
        if (!await TryAddAsync(order, cancellation))
        {
            var there = (await GetAsync(order.What.InfoHash, cancellation)).Single();
            if (!IsOurs(there) && there.DownloadDir != order.Folder)
            {
                if (!_isOwn) throw ClientHttp.NotOurs();
                // It was killed before it saved where the file is, and looks for it in its own folder.
                await RemoveAnyAsync(order.What.InfoHash, cancellation);
                if (!await TryAddAsync(order, cancellation)) throw ClientHttp.Refused();
            }
        }

        // Where this process ended before the label was set, the next call of this sets it.
        await CallAsync(
            "torrent-set",
            new JsonObject { ["ids"] = Ids(order.What.InfoHash), ["labels"] = new JsonArray(Label) },
            cancellation);
    }

    public async Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation) =>
        await OursAsync(ih, cancellation) is { } torrent ? Status(torrent) : null;

    public async Task<IReadOnlyList<TorrentStatus>> ListAsync(CancellationToken cancellation) =>
        [.. (await GetAsync(null, cancellation)).Where(IsOurs).Select(Status)];

    public async Task<bool> RemoveAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (await OursAsync(ih, cancellation) is null) return false;
        await RemoveAnyAsync(ih, cancellation);
        return true;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>How many torrents it has loaded, whosever they are.</summary>
    internal async Task<int> CountAsync(CancellationToken cancellation) =>
        (await CallAsync("session-stats", [], cancellation)).TorrentCount;

    internal async Task<TransmissionSession> SessionAsync(CancellationToken cancellation)
    {
        var said = await CallAsync("session-get", [], cancellation);
        return new TransmissionSession(said.ConfigDir ?? "", said.PeerPort, said.Version ?? "")
        {
            IncompleteDirectory = said.IncompleteDirEnabled ? said.IncompleteDir : null,
        };
    }

    /// <summary>Has it end by itself.</summary>
    internal Task CloseAsync(CancellationToken cancellation) => CallAsync("session-close", [], cancellation);

    private static JsonArray Ids(Hash160 ih) => new(ih.ToString());

    private static bool IsOurs(TransmissionTorrent torrent) => torrent.Labels?.Contains(Label) == true;

    private static TorrentStatus Status(TransmissionTorrent torrent) => new(
        new Hash160(Convert.FromHexString(torrent.HashString)),
        torrent switch
        {
            { Error: 3 } => TorrentState.Failed,
            { Status: 0 } => TorrentState.Stopped,
            { Status: 1 or 2 } => TorrentState.Checking,
            { Status: 5 or 6 } => TorrentState.Seeding,
            _ => TorrentState.Fetching,
        },
        Math.Max(0, torrent.SizeWhenDone - torrent.LeftUntilDone));

    /// <summary>False where it has that torrent already.</summary>
    private async Task<bool> TryAddAsync(TorrentOrder order, CancellationToken cancellation)
    {
        var added = await CallAsync(
            "torrent-add",
            new JsonObject
            {
                ["metainfo"] = Convert.ToBase64String(order.Torrent),
                ["download-dir"] = order.Folder,
                ["paused"] = false,
            },
            cancellation);
        return added.TorrentDuplicate is null;
    }

    private async Task RemoveAnyAsync(Hash160 ih, CancellationToken cancellation) => await CallAsync(
        "torrent-remove", new JsonObject { ["ids"] = Ids(ih), ["delete-local-data"] = false }, cancellation);

    private async Task<TransmissionTorrent?> OursAsync(Hash160 ih, CancellationToken cancellation) =>
        (await GetAsync(ih, cancellation)).FirstOrDefault(IsOurs);

    private async Task<TransmissionTorrent[]> GetAsync(Hash160? ih, CancellationToken cancellation)
    {
        var arguments = new JsonObject { ["fields"] = Fields.DeepClone() };
        if (ih is { } one) arguments["ids"] = Ids(one);
        var said = await CallAsync("torrent-get", arguments, cancellation);
        return said.Torrents ?? throw ClientHttp.Refused();
    }

    private async Task<TransmissionArguments> CallAsync(
        string method, JsonObject arguments, CancellationToken cancellation)
    {
        var body = new JsonObject { ["method"] = method, ["arguments"] = arguments }.ToJsonString();
        var response = await PostAsync(body, cancellation);
        try
        {
            // It answers so to the first call, and whenever it forgot the session.
            if (response.StatusCode == HttpStatusCode.Conflict
                && response.Headers.TryGetValues(SessionHeader, out var session))
            {
                _session = session.First();
                response.Dispose();
                response = await PostAsync(body, cancellation);
            }

            var reply = await ClientHttp.ReadAsync(response, TransmissionJson.Default.TransmissionReply, cancellation);
            if (reply.Result != "success") throw ClientHttp.Refused();
            return reply.Arguments ?? new TransmissionArguments();
        }
        finally
        {
            response.Dispose();
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = _login;
        request.Headers.Add(SessionHeader, _session);
        return await _http.SendAsync(request, cancellation);
    }
}

/// <summary>A Transmission as it describes itself.</summary>
internal sealed record TransmissionSession(string ConfigDirectory, int PeerPort, string Version)
{
    /// <summary>Where its torrents lie until they are whole; null where they do from the start.</summary>
    public string? IncompleteDirectory { get; init; }
}

internal sealed record TransmissionReply(string? Result, TransmissionArguments? Arguments);

internal sealed record TransmissionArguments
{
    public TransmissionTorrent[]? Torrents { get; init; }

    [JsonPropertyName("torrent-duplicate")]
    public JsonElement? TorrentDuplicate { get; init; }

    [JsonPropertyName("incomplete-dir")]
    public string? IncompleteDir { get; init; }

    [JsonPropertyName("incomplete-dir-enabled")]
    public bool IncompleteDirEnabled { get; init; }

    [JsonPropertyName("config-dir")]
    public string? ConfigDir { get; init; }

    [JsonPropertyName("peer-port")]
    public int PeerPort { get; init; }

    public int TorrentCount { get; init; }

    public string? Version { get; init; }
}

/// <param name="Status">0 stopped, 1 and 2 checking, 3 and 4 fetching, 5 and 6 seeding.</param>
/// <param name="Error">0 none, 1 and 2 of a tracker, 3 of this machine.</param>
internal sealed record TransmissionTorrent(
    string HashString, string[]? Labels, int Status, long SizeWhenDone, long LeftUntilDone, string? DownloadDir,
    int Error)
{
    /// <summary>In seconds since 1970.</summary>
    public long AddedDate { get; init; }

    public long DownloadedEver { get; init; }

    public bool IsPrivate { get; init; }

    public string? Name { get; init; }

    /// <summary>1 where all of the description is there.</summary>
    public double MetadataPercentComplete { get; init; }

    /// <summary>Bytes that are missing here and that a connected peer has.</summary>
    public long DesiredAvailable { get; init; }

    public TransmissionFile[]? Files { get; init; }

    /// <summary>As many as files, in their order.</summary>
    public TransmissionFileStat[]? FileStats { get; init; }

    public string? TorrentFile { get; init; }

    public TransmissionTracker[]? TrackerStats { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TransmissionReply))]
internal sealed partial class TransmissionJson : JsonSerializerContext;
