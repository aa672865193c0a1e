using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a node's client says of its torrents.</summary>
internal static class ClientSight
{
    /// <summary>Until the client has a torrent, and it is so.</summary>
    public static async Task Until(this LiveNode node, SwarmTorrent torrent, Func<TorrentSample, bool> isSo)
    {
        var client = (IWatchedClient)node.Get<TorrentHost>().Client!;
        TorrentSample? seen = null;
        await Eventually.True(
            async () =>
            {
                var all = await client.WatchAsync(0, TestContext.Current.CancellationToken);
                seen = all.FirstOrDefault(s => s.InfoHash == torrent.InfoHash.ToString());
                return seen is not null && isSo(seen);
            },
            () => $"{torrent}: {seen}");
    }
}
