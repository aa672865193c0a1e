using System.Net;
using System.Text.Json.Serialization;

namespace Anarchive.Node;

/// <summary>A qBittorrent that shows its Web API, version 2.</summary>
/// <remarks>Tags are given when a torrent is added, so whatever bears ours is ours.</remarks>
public sealed partial class QBittorrentApi : ITorrentClient
{
    private const string Label = TransmissionRpc.Label;
    private const string Done = "Ok.";

    private readonly Uri _address;
    private readonly (string User, string Password)? _login;
    private readonly ClientHttp _http = new();
    private string? _cookie;

    /// <param name="address">As <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="user">Null where this machine needs no login.</param>
    public QBittorrentApi(Uri address, string? user, string? password)
    {
        _address = new Uri(address, "/api/v2/");
        if (user is not null) _login = (user, password ?? "");
    }

    public async Task<int?> PeerPortAsync(CancellationToken cancellation) =>
        (await PreferencesAsync(cancellation)).ListenPort;

    public async Task AddAsync(TorrentOrder order, CancellationToken cancellation)
    {
        // It says of a torrent that it has already the same as of one it cannot read.
        var ih = order.What.InfoHash;
        if ((await InfoAsync($"?hashes={ih}", cancellation)).FirstOrDefault() is { } there)
        {
            if (IsOurs(there)) return;
            throw ClientHttp.NotOurs();
        }

        var said = await TextAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "torrents/add"))
            {
                Content = new MultipartFormDataContent
                {
                    { new ByteArrayContent(order.Torrent), "torrents", ih + ".torrent" },
                    { new StringContent(order.Folder), "savepath" },
                    { new StringContent(Label), "tags" },
                    { new StringContent("false"), "autoTMM" },
                    { new StringContent("NoSubfolder"), "contentLayout" },
                },
            },
            cancellation);
        if (said != Done) throw ClientHttp.Refused();
        // It says so before it has the torrent.
        await ClientHttp.UntilAsync(async () => await FindAsync(ih, cancellation) is not null, cancellation);
    }

    public async Task<TorrentStatus?> FindAsync(Hash160 ih, CancellationToken cancellation) =>
        (await InfoAsync($"?hashes={ih}", cancellation)).Where(IsOurs).Select(Status).FirstOrDefault();

    public async Task<IReadOnlyList<TorrentStatus>> ListAsync(CancellationToken cancellation) =>
        [.. (await InfoAsync($"?tag={Label}", cancellation)).Where(IsOurs).Select(Status)];

    public async Task<bool> RemoveAsync(Hash160 ih, CancellationToken cancellation)
    {
        if (await FindAsync(ih, cancellation) is null) return false;
        await TextAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "torrents/delete"))
            {
                Content = new FormUrlEncodedContent([new("hashes", ih.ToString()), new("deleteFiles", "false")]),
            },
            cancellation);
        await ClientHttp.UntilAsync(async () => await FindAsync(ih, cancellation) is null, cancellation);
        return true;
    }

    public void Dispose() => _http.Dispose();

    private static bool IsOurs(QBittorrentTorrent torrent) =>
        torrent.Tags?.Split(',', StringSplitOptions.TrimEntries).Contains(Label) == true;

    private static TorrentStatus Status(QBittorrentTorrent torrent) => new(
        new Hash160(Convert.FromHexString(torrent.Hash)),
        torrent.State switch
        {
            "error" or "missingFiles" => TorrentState.Failed,
            "uploading" or "stalledUP" or "queuedUP" or "forcedUP" => TorrentState.Seeding,
            "downloading" or "stalledDL" or "queuedDL" or "forcedDL" or "metaDL" => TorrentState.Fetching,
            // Version 5 says stopped where 4 said paused.
            "pausedDL" or "pausedUP" or "stoppedDL" or "stoppedUP" => TorrentState.Stopped,
            _ => TorrentState.Checking,
        },
        torrent.Completed);

    private async Task<QBittorrentPreferences> PreferencesAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync(() => Get("app/preferences"), cancellation);
        return await ClientHttp.ReadAsync(response, QBittorrentJson.Default.QBittorrentPreferences, cancellation);
    }

    private HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(_address, path));

    private async Task<QBittorrentTorrent[]> InfoAsync(string query, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => Get("torrents/info" + query), cancellation);
        return await ClientHttp.ReadAsync(response, QBittorrentJson.Default.QBittorrentTorrentArray, cancellation);
    }

    private async Task<string> TextAsync(Func<HttpRequestMessage> ask, CancellationToken cancellation)
    {
        using var response = await SendAsync(ask, cancellation);
        if (response.StatusCode != HttpStatusCode.OK) throw ClientHttp.Refused();
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>Logs in where it is asked to.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> ask, CancellationToken cancellation)
    {
        var response = await OnceAsync(ask, cancellation);
        if (response.StatusCode != HttpStatusCode.Forbidden || _login is null) return response;
        response.Dispose();
        _cookie = await LoginAsync(_login.Value, cancellation);
        return await OnceAsync(ask, cancellation);
    }

    private async Task<HttpResponseMessage> OnceAsync(
        Func<HttpRequestMessage> ask, CancellationToken cancellation)
    {
        using var request = ask();
        if (_cookie is { } cookie) request.Headers.Add("Cookie", cookie);
        return await _http.SendAsync(request, cancellation);
    }

    private async Task<string> LoginAsync((string User, string Password) login, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "auth/login"));
        request.Content = new FormUrlEncodedContent(
            [new("username", login.User), new("password", login.Password)]);
        using var response = await _http.SendAsync(request, cancellation);
        return response.Headers.TryGetValues("Set-Cookie", out var cookies)
            ? cookies.First().Split(';')[0]
            : throw ClientHttp.Refused();
    }
}

internal sealed record QBittorrentTorrent(string Hash, string? Tags, string? State, long Completed)
{
    /// <summary>In seconds since 1970.</summary>
    public long AddedOn { get; init; }

    public long AmountLeft { get; init; }

    public double Availability { get; init; }

    public long Downloaded { get; init; }

    /// <summary>Empty where it is of version 2 alone; null before 4.4.</summary>
    public string? InfohashV1 { get; init; }

    public string? InfohashV2 { get; init; }

    public string? Name { get; init; }

    /// <summary>Of what is wanted; -1 while the description is missing.</summary>
    public long Size { get; init; }

    /// <summary>Null before version 5.</summary>
    public bool? Private { get; init; }

    public string? SavePath { get; init; }

    /// <summary>Where it lies until it is whole; null or empty where that is no other place.</summary>
    public string? DownloadPath { get; init; }
}

internal sealed record QBittorrentPreferences(int ListenPort, bool IncompleteFilesExt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QBittorrentTorrent[]))]
[JsonSerializable(typeof(QBittorrentPreferences))]
[JsonSerializable(typeof(QBittorrentTracker[]))]
[JsonSerializable(typeof(QBittorrentFile[]))]
internal sealed partial class QBittorrentJson : JsonSerializerContext;
