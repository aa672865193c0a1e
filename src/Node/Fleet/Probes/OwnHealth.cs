using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>How this device itself is: its volumes by their markers, its disks' room, its torrent client.</summary>
public sealed class OwnHealth(Volumes volumes, TorrentHost torrents, NodeOptions options)
{
    /// <summary>A volume of this device is not there, or not the one that its marker names.</summary>
    public const string VolumeAbsent = "volume_absent";

    /// <summary>The torrent client that was chosen does not answer.</summary>
    public const string ClientDown = "client_down";

    /// <summary>Free bytes of each volume that is there, and what is wrong, in order.</summary>
    /// <param name="said">Free bytes as the fleet was last told, which stand while they are nearly right.</param>
    public async Task<(IReadOnlyDictionary<VolumeId, long> FreeBytes, IReadOnlyList<string> Flags)> LookAsync(
        IReadOnlyDictionary<VolumeId, long>? said, CancellationToken cancellation)
    {
        var sights = volumes.Sights();
        var free = sights.Where(s => s.IsPresent).ToDictionary(
            s => s.Volume.Id,
            s => ProbeNews.FreeToSay(
                said is not null && said.TryGetValue(s.Volume.Id, out var bytes) ? bytes : null, s.FreeBytes,
                s.CapacityBytes));
        var flags = new List<string>();
        if (!await IsClientWellAsync(cancellation)) flags.Add(ClientDown);
        if (sights.Any(s => !s.IsPresent)) flags.Add(VolumeAbsent);
        return (free, flags);
    }

    private async Task<bool> IsClientWellAsync(CancellationToken cancellation)
    {
        if (options.TorrentClient is null) return true;
        if (torrents.Client is not { } client) return false;
        try
        {
            _ = await client.ListAsync(cancellation);
            return true;
        }
        catch (CarrierException)
        {
            return false;
        }
    }
}
