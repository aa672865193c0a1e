using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Says in the fleet's log what this device has: volumes, then items, then where they are.</summary>
public sealed class StoreTelling(FleetDesk desk, FleetBook book, Volumes volumes, TimeProvider time)
{
    // A hash that was long ago is no proof of today: the log's time of the word is taken for that of the hash.
    private const long FreshMs = 24L * 3600 * 1000;

    /// <summary>The highest gen the log knows of this device's copies of an item on a volume; 0 for none.</summary>
    public long GenOf(ItemId item, VolumeId volume) => book.Read(state => state.HoldingsOf(item)
        .Where(h => h.Device == desk.Self && h.Volume == volume).Select(h => h.Gen).DefaultIfEmpty(0).Max());

    /// <summary>
    /// Nodes of this fleet that say they have an item, those first that proved it last; then the others that are asked.
    /// </summary>
    /// <param name="members">Every other device that runs a node.</param>
    public IReadOnlyList<NodeId> SourcesOf(ItemId item, IReadOnlyList<NodeId> members)
    {
        var said = book.Read(state => state.HoldingsOf(item)
            .Where(h => h.State == HoldingState.Present && h.Device != desk.Self)
            .OrderByDescending(h => h.ProvenMs ?? 0).ThenBy(h => h.Device)
            .Select(h => h.Device.AsNode()).ToList());
        return [.. said.Intersect(members), .. members.Except(said)];
    }

    /// <summary>Durable when it returns; null, or why the log does not take it.</summary>
    public async Task<Problem?> TellAsync(
        IReadOnlyList<PieceLayer> described, IReadOnlyList<HeldItem> held, CancellationToken cancellation)
    {
        foreach (var sight in held.Select(h => h.Volume).Distinct().Select(volumes.Look).OfType<VolumeSight>())
            if (await DeclareAsync(sight, cancellation) is { } refused) return refused;
        if (described.Count > 0)
        {
            var items = new ItemsDescribed([.. book.Read(state => described
                .Select(l => Row(l, state.Items.GetValueOrDefault(l.Item))).ToList())]);
            if ((await desk.SayAsync(items, dryRun: false, cancellation)).Problem is { } refused) return refused;
        }

        foreach (var volume in held.GroupBy(h => h.Volume))
        {
            var holdings = new HoldingsSet(desk.Self, volume.Key, [.. volume.Select(Row)]);
            if ((await desk.SayAsync(holdings, dryRun: false, cancellation)).Problem is { } refused) return refused;
        }

        return null;
    }

    /// <summary>
    /// Says which volumes this device has, empty ones, too: the fleet's copies have to go somewhere. Null, or why the
    /// log does not take it; a device that was not declared says nothing.
    /// </summary>
    public async Task<Problem?> DeclareAsync(CancellationToken cancellation)
    {
        if (!book.Read(state => state.Devices.ContainsKey(desk.Self))) return null;
        foreach (var sight in volumes.Sights())
            if (await DeclareAsync(sight, cancellation) is { } refused) return refused;
        return null;
    }

    /// <summary>What the log does not say of a volume yet, or not any more.</summary>
    private async Task<Problem?> DeclareAsync(VolumeSight sight, CancellationToken cancellation)
    {
        if (!sight.IsPresent) return null;
        var (id, name, reserve) = (sight.Volume.Id, sight.Volume.Name, sight.Volume.ReserveBytes);
        var known = book.Read(state => state.Volumes.GetValueOrDefault(id));
        reserve = Math.Min(reserve, sight.CapacityBytes);
        if (known is not null && known.Device == desk.Self && known.Name == name
            && known.CapacityBytes == sight.CapacityBytes && known.ReserveBytes == reserve)
            return null;
        var volume = new VolumeDeclared(desk.Self, id, name, sight.CapacityBytes, reserve);
        return (await desk.SayAsync(volume, dryRun: false, cancellation)).Problem;
    }

    /// <summary>
    /// A file of the owner's own: until a torrent says whose it is, it stays in the fleet. What is known of it stays
    /// known, for the last word of a device replaces its earlier ones.
    /// </summary>
    private static DescribedItem Row(PieceLayer layer, Item? known) => new(
        layer.Item, layer.SizeBytes, layer.PieceLength, layer.Root, known?.Privacy ?? Privacy.Unknown,
        known?.Policy ?? Policy.DefaultName, known?.InfoHashV1, known?.InfoHashV2, known?.Source);

    private HoldingRow Row(HeldItem held) => new(
        held.Item, held.Gen, held.State,
        held.HashedMs is not { } hashed ? Evidence.Claimed
            : time.GetUtcNow().ToUnixTimeMilliseconds() - hashed <= FreshMs ? Evidence.Hash
            : Evidence.Stat);
}
