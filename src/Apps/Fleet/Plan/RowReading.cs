namespace Anarchive.Fleet;

/// <summary>What the plan has to know of one item before it looks at any other.</summary>
/// <param name="Counted">Verified copies on devices that count.</param>
/// <param name="Need">Copies to make.</param>
/// <param name="IsAsked">The one copy is made because the owner named a custodian, and for nothing else.</param>
/// <param name="IsExcess">
/// More copies than the ceiling, or some on draining devices that others replace, and none to make.
/// </param>
/// <param name="Baton">The device that looks after it; -1 where nobody holds it.</param>
/// <param name="Face">The device that the public swarm meets; -1 for none.</param>
internal readonly record struct RowReading(
    int Counted, int Need, bool IsAsked, bool IsExcess, int Baton, int Face)
{
    /// <summary>Epochs that a baton stays: a week.</summary>
    public const int BatonEpochs = 672;

    /// <summary>More zones than this are not told apart; no policy asks for as many.</summary>
    private const int ZonesMax = 64;

    public static RowReading Of(PlanningTable table, PolicyTable policies, GivenDuties given, int row)
    {
        var holders = table.Items.HoldersOf(row);
        var policy = policies[table.Items.Policies[row]];
        Span<int> zones = stackalloc int[ZonesMax];
        var (counted, staying, zoneCount, offsite, online, away) = (0, 0, 0, 0, 0, 0);
        foreach (var holder in holders)
        {
            if (!table.IsCounted(holder)) continue;
            var device = table.DeviceAt(holder >> 1);
            counted++;
            if (device.IsOnline) online++;
            else if (device.Standing == Reachability.Away) away++;
            // What is to leave counts until it has left, and is replaced before.
            if (!device.Stays) continue;
            staying++;
            if (device.IsOffsite) offsite++;
            var zone = table.ZoneOf(holder >> 1);
            if (zoneCount < ZonesMax && !zones[..zoneCount].Contains(zone)) zones[zoneCount++] = zone;
        }

        var need = Math.Max(
            policy.Floor - staying, Math.Max(policy.ZonesMin - zoneCount, policy.OffsiteMin - offsite));
        if (need <= 0) need = online == 0 && away > 0 ? 1 : 0;
        var isAsked = need == 0 && given.OfRow(DutyNames.Custodian, row) is { } named
            && HoldingOf(holders, named) is null;
        return new RowReading(
            counted, isAsked ? 1 : need, isAsked,
            !isAsked && need == 0 && (counted > staying || staying > Math.Max(policy.Ceiling, policy.Floor)),
            BatonOf(table, given, row, counted), FaceOf(table, given, row));
    }

    /// <summary>1 where the device has a verified copy, 0 where it has another; null where it has none.</summary>
    public static int? HoldingOf(ReadOnlySpan<int> holders, int device)
    {
        foreach (var holder in holders)
            if (holder >> 1 == device)
                return holder & 1;
        return null;
    }

    public static bool MayFace(PlanningTable table, int row, int device) =>
        (table.Items.Flags[row] & ItemRows.MayFace) != 0
        && table.DeviceAt(device) is { Counts: true, Class: DeviceClass.Seedbox or DeviceClass.AlwaysOn };

    /// <summary>
    /// Holders that count, else the others, take turns by the week; who is silent, or runs no node that could act, is
    /// passed over.
    /// </summary>
    private static int BatonOf(PlanningTable table, GivenDuties given, int row, int counted)
    {
        if (given.OfRow(DutyNames.Baton, row) is { } named) return named;
        var holders = table.Items.HoldersOf(row);
        var all = counted > 0 ? counted : holders.Length;
        if (all == 0) return -1;
        var week = (ulong)(table.Epoch.Number / BatonEpochs);
        var turn = (int)((table.Items.Ids[row].Value.Prefix + week) % (ulong)all);
        var (first, next, whoever) = (-1, -1, -1);
        var at = 0;
        foreach (var holder in holders)
        {
            if (counted > 0 && !table.IsCounted(holder)) continue;
            if (at == turn) whoever = holder >> 1;
            if (table.DeviceAt(holder >> 1) is { Standing: Reachability.Up, HasNode: true })
            {
                if (first < 0) first = holder >> 1;
                if (next < 0 && at >= turn) next = holder >> 1;
            }

            at++;
        }

        if (next >= 0) return next;
        return first >= 0 ? first : whoever;
    }

    /// <summary>A rented box before one at home; among equals the one whose key suits the item best.</summary>
    private static int FaceOf(PlanningTable table, GivenDuties given, int row)
    {
        if (given.OfRow(DutyNames.PublicSwarmFace, row) is { } named) return named;
        if ((table.Items.Flags[row] & ItemRows.MayFace) == 0) return -1;
        var (best, bestIsBox, bestKey) = (-1, false, 0UL);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            if ((holder & 1) == 0 || !MayFace(table, row, holder >> 1)) continue;
            var isBox = table.DeviceAt(holder >> 1).Class == DeviceClass.Seedbox;
            var key = Ranking.Mix(table.Items.Ids[row].Value.Prefix ^ table.KeyOf(holder >> 1));
            if (best >= 0 && (isBox == bestIsBox ? key <= bestKey : bestIsBox)) continue;
            (best, bestIsBox, bestKey) = (holder >> 1, isBox, key);
        }

        return best;
    }
}
