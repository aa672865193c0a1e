using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>An item of another device, fetched as it is read. Only what is the item is passed on.</summary>
/// <remarks>For one reader. What cannot be fetched, or is wrong, ends it with an <see cref="IOException"/>.</remarks>
internal sealed class RemoteMedia(ItemClient client, PieceLayer layer, string transfer, SourceBans bans, NodeId node)
    : Stream
{
    /// <summary>Asked for at once, unless a piece is longer: a player that jumps throws the rest away.</summary>
    private const int RunBytes = 1 << 20;

    private byte[] _run = [];
    private long _runAt;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => layer.SizeBytes;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.Length == 0) return 0;
        if (Position < _runAt || Position >= _runAt + _run.Length) await FetchAsync(cancellationToken);
        var at = (int)(Position - _runAt);
        var read = Math.Min(buffer.Length, _run.Length - at);
        _run.AsMemory(at, read).CopyTo(buffer);
        Position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <summary>Nobody may be kept waiting on a thread for another machine.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task FetchAsync(CancellationToken cancellation)
    {
        var first = (int)(Position / layer.PieceLength);
        var (end, bytes) = (first + 1, layer.LengthOf(first));
        while (end < layer.Count && bytes + layer.LengthOf(end) <= RunBytes) bytes += layer.LengthOf(end++);
        var run = new byte[bytes];
        var from = (long)first * layer.PieceLength;
        try
        {
            await client.RangeAsync(layer.Item, transfer, from, run, cancellation);
        }
        catch (PeerException gone)
        {
            throw new IOException("Another device does not give the item any more.", gone);
        }

        for (var (piece, at) = (first, 0); piece < end; at += layer.LengthOf(piece++))
            if (!layer.Matches(piece, run.AsSpan(at, layer.LengthOf(piece))))
            {
                bans.Charge(node);
                throw new IOException("Another device gave something else than the item.");
            }

        (_run, _runAt) = (run, from);
    }
}

/// <summary>Opens items that other devices of the fleet have.</summary>
public sealed class RemoteShelf(CopySourcesOf sourcesOf, PeerClient client, SourceBans bans)
{
    /// <summary>The item, and what its file is called there; null where no device that can be asked has it.</summary>
    public async Task<(Stream Content, string Name)?> OpenAsync(ItemId item, CancellationToken cancellation)
    {
        foreach (var node in sourcesOf(item).Where(n => !bans.IsBanned(n)))
            try
            {
                var there = client.Items(node);
                var offer = await there.OfferAsync(item, cancellation);
                var layer = await there.LayerAsync(item, offer, cancellation);
                return (new RemoteMedia(there, layer, offer.Token, bans, node), offer.Name);
            }
            catch (PeerException)
            {
                // Out of reach, or without it.
            }

        return null;
    }
}
