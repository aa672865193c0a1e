namespace Anarchive.Fleet;

/// <summary>How a copy came to count no more.</summary>
public enum LossKind
{
    /// <summary>Its device says that it is no more.</summary>
    Gone,

    /// <summary>Its device was called dead, or was retired.</summary>
    DeviceOut,

    /// <summary>It was let go, and lies aside.</summary>
    Released,

    /// <summary>A cache made room.</summary>
    Culled,
}

/// <summary>Copies that went, of one kind and in one place.</summary>
public sealed record LossCount(LossKind Kind, DeviceId Device, VolumeId Volume, int Copies);

/// <summary>
/// What the breaker counted, by place: once it is open, what opened it stays to be looked at until the owner resets it.
/// </summary>
/// <param name="OpenedMs">When it opened, Unix milliseconds; null while it is closed.</param>
public sealed record LossLedger(Epoch Tick, long? OpenedMs, IReadOnlyList<LossCount> Counts)
{
    /// <summary>Places that are told apart; more would help nobody to find out what broke.</summary>
    public const int PlacesMax = 32;

    public static LossLedger Empty { get; } = new(default, null, []);

    /// <summary>With more of that tick; <paramref name="isOpen"/> is how the breaker stands after them.</summary>
    public LossLedger Count(Epoch tick, IReadOnlyList<LossCount> more, bool isOpen, long nowMs)
    {
        if (OpenedMs is not null && tick != Tick) return this;
        var before = tick == Tick ? Counts : [];
        LossCount[] counts =
        [
            .. before.Concat(more).GroupBy(c => (c.Kind, c.Device, c.Volume))
                .Select(g => g.First() with { Copies = g.Sum(c => c.Copies) })
                .OrderByDescending(c => c.Copies).ThenBy(c => c.Kind).ThenBy(c => c.Device).ThenBy(c => c.Volume)
                .Take(PlacesMax),
        ];
        return new LossLedger(tick, OpenedMs ?? (isOpen ? nowMs : null), counts);
    }
}
