namespace Anarchive.Net;

/// <summary>How far somebody came in a film.</summary>
public readonly record struct ViewingPlace(long PositionMs, long DurationMs)
{
    /// <summary>What little was seen by mistake is not worth going on with.</summary>
    private const long StartedMs = 30_000;

    private const int StartedPercent = 2;
    private const int WatchedPercent = 90;

    /// <summary>False for what is no place in a film.</summary>
    public bool IsSound => DurationMs is > 0 and <= NetRules.MediaMsMax && PositionMs >= 0 && PositionMs <= DurationMs;

    /// <summary>The rest is credits.</summary>
    public bool IsWatched => PositionMs * 100 >= DurationMs * WatchedPercent;

    /// <summary>Begun, and not watched: it is gone on with.</summary>
    public bool IsUnderWay =>
        !IsWatched && PositionMs >= Math.Min(StartedMs, DurationMs * StartedPercent / 100) && PositionMs > 0;

    public int Percent => DurationMs > 0 ? (int)(PositionMs * 100 / DurationMs) : 0;
}
