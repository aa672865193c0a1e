using System.Globalization;

namespace Anarchive.Node;

/// <summary>Torrents that it fetches by their info hash.</summary>
public sealed partial class QBittorrentApi
{
    public async Task AddMagnetAsync(Hash160 ih, string folder, CancellationToken cancellation)
    {
        if ((await InfoAsync($"?hashes={ih}", cancellation)).Length > 0) throw ClientHttp.InClient();
        var said = await TextAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "torrents/add"))
            {
                Content = new MultipartFormDataContent
                {
                    { new StringContent(ClientHttp.Magnet(ih)), "urls" },
                    { new StringContent(folder), "savepath" },
                    { new StringContent(Label), "tags" },
                    { new StringContent("false"), "autoTMM" },
                },
            },
            cancellation);
        if (said != Done) throw ClientHttp.Refused();
        await ClientHttp.UntilAsync(async () => await FindAsync(ih, cancellation) is not null, cancellation);
    }

    public async Task WantAsync(
        Hash160 ih, IReadOnlyCollection<int> indexes, int count, CancellationToken cancellation)
    {
        var unwanted = Enumerable.Range(0, count).Except(indexes)
            .Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        if (unwanted.Count == 0) return;
        await TextAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "torrents/filePrio"))
            {
                Content = new FormUrlEncodedContent(
                    [new("hash", ih.ToString()), new("id", string.Join('|', unwanted)), new("priority", "0")]),
            },
            cancellation);
    }
}
