using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>How much of files each peer may take at once and over time, and all of them together.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class BlobQuotas(TimeProvider time)
{
    /// <summary>Requests for files that one peer may have under way, and tunnels besides.</summary>
    public const int AtOnceMax = 4;

    private const double Mebi = 1024 * 1024;

    // An edition of the largest size at once, and then what a gigabit line carries.
    private const double PeerBytesPerSecond = 128 * Mebi;
    private const double PeerBytesBurst = 512 * Mebi;

    // Two cores serve this much beside other work.
    private const double AllBytesPerSecond = 256 * Mebi;
    private const double AllBytesBurst = 1024 * Mebi;

    private readonly ConcurrentDictionary<NodeId, Share> _shares = new();
    private readonly TokenBucket _all = new(AllBytesPerSecond, AllBytesBurst);

    /// <summary>A place for one request, to be disposed; null where the peer has as many as it may.</summary>
    public IDisposable? EnterRequest(NodeId peer) => Enter(ShareOf(peer).Requests);

    /// <summary>A place for one tunnel, to be disposed; null where the peer has as many as it may.</summary>
    public IDisposable? EnterTunnel(NodeId peer) => Enter(ShareOf(peer).Tunnels);

    /// <summary>Null when so many bytes may pass; otherwise seconds to wait.</summary>
    public int? TakeBytes(NodeId peer, long bytes)
    {
        var share = ShareOf(peer);
        lock (_all)
        {
            var now = (long)time.GetElapsedTime(0).TotalMilliseconds + 1;
            if (!_all.HasLevel(now)) return _all.RetrySeconds;
            if (!share.Bytes.TryTake(bytes, now)) return share.Bytes.RetrySeconds;
            _all.Charge(bytes, now);
            return null;
        }
    }

    private static Place? Enter(SemaphoreSlim places) =>
        places.Wait(0, CancellationToken.None) ? new Place(places) : null;

    private Share ShareOf(NodeId peer) => _shares.GetOrAdd(peer, _ => new Share());

    private sealed class Share
    {
        public SemaphoreSlim Requests { get; } = new(AtOnceMax);

        public SemaphoreSlim Tunnels { get; } = new(AtOnceMax);

        public TokenBucket Bytes { get; } = new(PeerBytesPerSecond, PeerBytesBurst);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isLeft, true)) places.Release();
        }
    }
}
