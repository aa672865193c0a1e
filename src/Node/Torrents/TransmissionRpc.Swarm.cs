using System.Text.Json.Nodes;

namespace Anarchive.Node;

/// <summary>Torrents that it fetches by their info hash.</summary>
public sealed partial class TransmissionRpc
{
    public async Task AddMagnetAsync(Hash160 ih, string folder, CancellationToken cancellation)
    {
        var added = await CallAsync(
            "torrent-add",
            new JsonObject { ["filename"] = ClientHttp.Magnet(ih), ["download-dir"] = folder },
            cancellation);
        if (added.TorrentDuplicate is not null) throw ClientHttp.InClient();
        await CallAsync(
            "torrent-set", new JsonObject { ["ids"] = Ids(ih), ["labels"] = new JsonArray(Label) }, cancellation);
    }

    public async Task WantAsync(
        Hash160 ih, IReadOnlyCollection<int> indexes, int count, CancellationToken cancellation)
    {
        if (indexes.Count == count) return;
        await CallAsync(
            "torrent-set",
            new JsonObject
            {
                ["ids"] = Ids(ih),
                ["files-wanted"] = Numbers(indexes),
                ["files-unwanted"] = Numbers(Enumerable.Range(0, count).Except(indexes)),
            },
            cancellation);
    }

    private static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);
}
