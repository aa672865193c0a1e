namespace Anarchive.Fleet;

/// <summary>The fleet of a simulation, and what it keeps.</summary>
/// <param name="Devices">Drawn from the trace; 1 to <see cref="DevicesMax"/>.</param>
/// <param name="UptimeMinPermille">Devices that were up for less of the trace are not drawn.</param>
/// <param name="Copies">Of each item: the floor.</param>
/// <param name="Items">All of one size, as devices are.</param>
public sealed record SimPolicy(int Devices, int UptimeMinPermille, int Copies, int Items)
{
    /// <summary>A household; each device is one bit of a word.</summary>
    public const int DevicesMax = 64;

    public static SimPolicy Default { get; } = new(60, 500, 3, 300);
}

/// <summary>What a fleet would have done over a trace, with one grace; sums over one or more drawn fleets.</summary>
/// <param name="Grace">After this long out of reach a device's copies count no more; hours.</param>
/// <param name="Repairs">Copies made because too few counted.</param>
/// <param name="ItemEpochs">Items times quarters of an hour.</param>
/// <param name="DarkItemEpochs">Of them those in which no holder of the item was up.</param>
/// <param name="CopiesAtEnd">Of all items, on devices up or down.</param>
public sealed record SimFigures(
    int Grace, long Items, long Repairs, long ItemEpochs, long DarkItemEpochs, long CopiesAtEnd)
{
    private const long EpochsPer30Days = 30L * 24 * 4;

    /// <summary>Repairs of one item in 30 days, in thousandths.</summary>
    public long RepairsMilli => ItemEpochs == 0 ? 0 : Repairs * EpochsPer30Days * 1000 / ItemEpochs;

    /// <summary>The share of time in which an item had no holder that was up, in parts per million.</summary>
    public long DarkPpm => ItemEpochs == 0 ? 0 : DarkItemEpochs * 1_000_000 / ItemEpochs;

    /// <summary>Copies of one item at the end, in thousandths.</summary>
    public long CopiesMilli => Items == 0 ? 0 : CopiesAtEnd * 1000 / Items;

    /// <summary>Both together, as if they were one fleet of more items.</summary>
    public SimFigures And(SimFigures other) => this with
    {
        Items = Items + other.Items,
        Repairs = Repairs + other.Repairs,
        ItemEpochs = ItemEpochs + other.ItemEpochs,
        DarkItemEpochs = DarkItemEpochs + other.DarkItemEpochs,
        CopiesAtEnd = CopiesAtEnd + other.CopiesAtEnd,
    };
}
