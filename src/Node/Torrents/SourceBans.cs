using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Who sent a wrong piece is asked for nothing for an hour, and after three of them for a day.</summary>
/// <remarks>Not kept over a restart. Safe from any thread.</remarks>
public sealed class SourceBans(TimeProvider time)
{
    private const int ManyPieces = 3;

    private static readonly TimeSpan Short = TimeSpan.FromHours(1);
    private static readonly TimeSpan Long = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Ban> _bans = [];

    public bool IsBanned(NodeId source)
    {
        lock (_gate) return _bans.TryGetValue(source, out var ban) && Now() < ban.Until;
    }

    /// <summary>Notes a wrong piece; how long the source is left alone.</summary>
    public TimeSpan Charge(NodeId source)
    {
        lock (_gate)
        {
            var now = Now();
            // A day after the last one, a source begins anew.
            var pieces = _bans.TryGetValue(source, out var ban) && now - ban.At < Long ? ban.Pieces + 1 : 1;
            var length = pieces >= ManyPieces ? Long : Short;
            _bans[source] = new Ban(pieces, now, now + length);
            return length;
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private sealed record Ban(int Pieces, TimeSpan At, TimeSpan Until);
}
