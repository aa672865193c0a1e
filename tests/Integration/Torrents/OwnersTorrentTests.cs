using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A torrent that the owner of a client added is nothing to the node, whatever its infohash.</summary>
public sealed class OwnersTorrentTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new();
    private readonly HttpClient _http = new(new HttpClientHandler { UseCookies = true });
    private RunningClient? _running;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private byte[] Torrent => _content.Metainfo.ForClient(null, []);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_running is not null) await _running.DisposeAsync();
        _http.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    [InlineData(RunningClient.Aria2)]
    public async Task It_is_neither_listed_nor_touched(string program)
    {
        RealClients.Need(program);
        _running = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        var choice = TorrentClientChoice.TryParse(_running.Setting)!;
        Func<Task<string>> look = program switch
        {
            RunningClient.Transmission => await AddToTransmission(choice),
            RunningClient.QBittorrent => await AddToQBittorrent(choice),
            _ => await AddToAria2(choice),
        };
        await Eventually.True(
            async () => (await look()).Contains(_content.Ih.ToString(), StringComparison.Ordinal),
            () => "The client has not got the owner's torrent.");
        using var client = choice.Open();
        Assert.Empty(await client.ListAsync(Cancellation));
        Assert.Null(await client.FindAsync(_content.Ih, Cancellation));
        Assert.False(await client.RemoveAsync(_content.Ih, Cancellation));
        var order = new TorrentOrder(_content.Metainfo, _scratch.At("ours"), null, []);
        var refused = await Assert.ThrowsAsync<CarrierException>(() => client.AddAsync(order, Cancellation));
        Assert.Equal("torrent_not_ours", refused.Code);
        Assert.Contains(_content.Ih.ToString(), await look());
        Assert.Empty(await client.ListAsync(Cancellation));

        var other = new Content(seed: 2).Metainfo;
        await client.AddAsync(order with { What = other }, Cancellation);
        Assert.Equal(other.InfoHash, Assert.Single(await client.ListAsync(Cancellation)).InfoHash);
        await client.AddAsync(order with { What = other }, Cancellation);
        Assert.True(await client.RemoveAsync(other.InfoHash, Cancellation));
        Assert.Contains(_content.Ih.ToString(), await look());

        using var wrong = (choice with { User = "x", Password = "y" }).Open();
        refused = await Assert.ThrowsAsync<CarrierException>(() => wrong.ListAsync(Cancellation));
        Assert.Equal("client_refused", refused.Code);
    }

    private async Task<Func<Task<string>>> AddToTransmission(TorrentClientChoice choice)
    {
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{choice.User}:{choice.Password}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", login);
        await Call("torrent-add", new JsonObject
        {
            ["metainfo"] = Convert.ToBase64String(Torrent),
            ["download-dir"] = _scratch.At("theirs"),
        });
        return () => Call("torrent-get", new JsonObject { ["fields"] = new JsonArray("hashString") });

        async Task<string> Call(string method, JsonObject arguments)
        {
            var body = new JsonObject { ["method"] = method, ["arguments"] = arguments }.ToJsonString();
            using var first = await _http.PostAsync(choice.Address, new StringContent(body), Cancellation);
            if (first.StatusCode != HttpStatusCode.Conflict) return await first.Content.ReadAsStringAsync(Cancellation);
            var session = first.Headers.GetValues("X-Transmission-Session-Id").First();
            _http.DefaultRequestHeaders.Add("X-Transmission-Session-Id", session);
            using var second = await _http.PostAsync(choice.Address, new StringContent(body), Cancellation);
            return await second.Content.ReadAsStringAsync(Cancellation);
        }
    }

    private async Task<Func<Task<string>>> AddToQBittorrent(TorrentClientChoice choice)
    {
        using var login = await _http.PostAsync(
            new Uri(choice.Address!, "/api/v2/auth/login"),
            new FormUrlEncodedContent([new("username", choice.User), new("password", choice.Password)]),
            Cancellation);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Torrent), "torrents", "theirs.torrent" },
            { new StringContent(_scratch.At("theirs")), "savepath" },
        };
        using var added = await _http.PostAsync(new Uri(choice.Address!, "/api/v2/torrents/add"), form, Cancellation);
        return () => _http.GetStringAsync(new Uri(choice.Address!, "/api/v2/torrents/info"), Cancellation);
    }

    private async Task<Func<Task<string>>> AddToAria2(TorrentClientChoice choice)
    {
        await Call("aria2.addTorrent", Convert.ToBase64String(Torrent), new JsonArray(), new JsonObject
        {
            ["dir"] = _scratch.At("theirs"),
        });
        return () => Call("aria2.tellActive", new JsonArray("infoHash"));

        async Task<string> Call(string method, params JsonNode[] arguments)
        {
            var call = new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = "1",
                ["method"] = method,
                ["params"] = new JsonArray([$"token:{choice.Password}", .. arguments]),
            };
            using var said = await _http.PostAsync(
                choice.Address, new StringContent(call.ToJsonString()), Cancellation);
            return await said.Content.ReadAsStringAsync(Cancellation);
        }
    }
}
