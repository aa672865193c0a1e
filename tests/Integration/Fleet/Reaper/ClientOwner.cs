using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>Whoever runs a client, and adds torrents to it by its own means.</summary>
internal sealed class ClientOwner(TorrentClientChoice choice) : IDisposable
{
    private const string SessionHeader = "X-Transmission-Session-Id";

    private readonly HttpClient _http = new(new HttpClientHandler { UseCookies = true });

    private bool _isIn;

    public void Dispose() => _http.Dispose();

    /// <param name="label">Null for none.</param>
    public Task Add(
        SwarmTorrent torrent, string folder, string? label, bool isPaused, CancellationToken cancellation) =>
        choice.Kind == "transmission"
            ? AddToTransmission(torrent, folder, label, isPaused, cancellation)
            : AddToQBittorrent(torrent, folder, label, isPaused, cancellation);

    public Task Resume(SwarmTorrent torrent, CancellationToken cancellation) => choice.Kind == "transmission"
        ? Call("torrent-start", new JsonObject { ["ids"] = new JsonArray(torrent.InfoHash.ToString()) }, cancellation)
        : Post("torrents/resume", Form(("hashes", torrent.InfoHash.ToString())), cancellation);

    private async Task AddToTransmission(
        SwarmTorrent torrent, string folder, string? label, bool isPaused, CancellationToken cancellation)
    {
        await Call(
            "torrent-add",
            new JsonObject
            {
                ["metainfo"] = Convert.ToBase64String(torrent.Bytes),
                ["download-dir"] = folder,
                ["paused"] = isPaused,
            },
            cancellation);
        if (label is null) return;
        await Call(
            "torrent-set",
            new JsonObject
            {
                ["ids"] = new JsonArray(torrent.InfoHash.ToString()),
                ["labels"] = new JsonArray(label),
            },
            cancellation);
    }

    private async Task AddToQBittorrent(
        SwarmTorrent torrent, string folder, string? label, bool isPaused, CancellationToken cancellation)
    {
        if (!_isIn)
        {
            await Post("auth/login", Form(("username", choice.User!), ("password", choice.Password!)), cancellation);
            _isIn = true;
        }

        var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(torrent.Bytes), "torrents", "added.torrent" },
            { new StringContent(folder), "savepath" },
            { new StringContent(isPaused ? "true" : "false"), "paused" },
        };
        if (label is not null) form.Add(new StringContent(label), "tags");
        await Post("torrents/add", form, cancellation);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] members) =>
        new(members.Select(m => KeyValuePair.Create(m.Name, m.Value)));

    private async Task Post(string path, HttpContent body, CancellationToken cancellation)
    {
        using var said = await _http.PostAsync(new Uri(choice.Address!, "/api/v2/" + path), body, cancellation);
        said.EnsureSuccessStatusCode();
    }

    private async Task Call(string method, JsonObject arguments, CancellationToken cancellation)
    {
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{choice.User}:{choice.Password}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", login);
        var body = new JsonObject { ["method"] = method, ["arguments"] = arguments }.ToJsonString();
        var said = await _http.PostAsync(choice.Address, new StringContent(body), cancellation);
        if (said.StatusCode == HttpStatusCode.Conflict)
        {
            _http.DefaultRequestHeaders.Remove(SessionHeader);
            _http.DefaultRequestHeaders.Add(SessionHeader, said.Headers.GetValues(SessionHeader).First());
            said.Dispose();
            said = await _http.PostAsync(choice.Address, new StringContent(body), cancellation);
        }

        using (said) said.EnsureSuccessStatusCode();
    }
}
