using System.Globalization;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>What stands in a database and, beside it, in its witness: a restored database has an older one.</summary>
internal readonly record struct IncarnationMark(Incarnation Incarnation, long Starts)
{
    public static IncarnationMark? Parse(string? text) =>
        text?.Split(' ') is [var incarnation, var starts] && Incarnation.TryParse(incarnation, out var read)
            ? new IncarnationMark(read, long.Parse(starts, CultureInfo.InvariantCulture))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Incarnation} {Starts}");
}
