namespace Anarchive.Fleet;

/// <summary>
/// Rule D6: where much goes at once something is broken, and destructive work stops until the owner says otherwise.
/// </summary>
/// <remarks>
/// Counted per epoch: items whose copies become gone or dead, or are released. More than 50, or more than a tenth of
/// all holdings, opens it; one item alone never does, or a fleet of three files could release nothing.
/// </remarks>
/// <param name="Tick">The epoch being counted.</param>
/// <param name="Lost">Items counted in it.</param>
/// <param name="IsOpen">Nothing destructive happens.</param>
public sealed record Breaker(Epoch Tick, int Lost, bool IsOpen)
{
    public const int ItemsMax = 50;
    public const int SharePercent = 10;

    public static Breaker Closed { get; } = new(default, 0, false);

    /// <summary>How many may go in one tick, of so many holdings.</summary>
    public static int LimitOf(int holdings) =>
        Math.Min(ItemsMax, Math.Max(1, (int)((long)holdings * SharePercent / 100)));

    /// <summary>With so many more items lost in that tick; opens where that is too many.</summary>
    public Breaker Count(Epoch tick, int items, int holdings)
    {
        var lost = tick == Tick ? Lost + items : items;
        var trips = lost > LimitOf(holdings) && !RuleSwitch.IsOff(ReleaseRule.BreakerTrips);
        return new Breaker(tick, lost, IsOpen || trips);
    }

    /// <summary>
    /// True where one more in that tick would not open it: the releaser asks first, so that it stops before the harm.
    /// </summary>
    public bool Allows(Epoch tick, int items, int holdings) => !Count(tick, items, holdings).IsOpen;

    /// <summary>The owner has looked.</summary>
    public Breaker Reset() => Closed;
}
