using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Anarchive.Fleet;

namespace Anarchive.Tests.Simulation;

/// <summary>What an exploration saw.</summary>
/// <param name="IsWhole">Every state that can be reached was seen.</param>
/// <param name="Trace">How the first violation came about; empty where none did.</param>
internal sealed record Explored(int States, bool IsWhole, string? Violation, IReadOnlyList<string> Trace);

/// <summary>Visits every state that a world can reach, nearest first. Equal states are told by hash.</summary>
/// <remarks>
/// Clocks enter a state as the ages that the machines still ask about, so that waiting for ever comes to an end. No
/// more is left out: any order, any delay.
/// </remarks>
internal static class Explorer
{
    public static Explored Run(Scenario scenario, int statesMax)
    {
        var steps = new ModelSteps(scenario);
        var start = scenario.Begin();
        var most = start.Sites.Count(s => s.Counts);
        var seen = new HashSet<UInt128> { KeyOf(scenario, start) };
        var cameFrom = new List<(int From, string What)> { (-1, "") };
        var open = new Queue<(int At, ModelWorld World)>([(0, start)]);
        while (open.TryDequeue(out var here))
            foreach (var (what, next) in steps.Next(here.World))
            {
                if (!seen.Add(KeyOf(scenario, next))) continue;
                cameFrom.Add((here.At, what));
                var wrong = next.Violation ?? Shortage(scenario, next, most);
                if (wrong is not null) return new Explored(seen.Count, false, wrong, Trace(cameFrom));
                if (seen.Count >= statesMax) return new Explored(seen.Count, false, null, []);
                open.Enqueue((cameFrom.Count - 1, next));
            }

        return new Explored(seen.Count, true, null, []);
    }

    /// <summary>Where nothing failed by itself, whatever is missing was taken by us.</summary>
    private static string? Shortage(Scenario scenario, ModelWorld world, int atFirst)
    {
        if (world.HasFault) return null;
        var left = world.Sites.Count(s => s.Counts);
        return left >= Math.Max(1, Math.Min(scenario.Floor, atFirst)) ? null : $"{left} copies are left";
    }

    private static List<string> Trace(List<(int From, string What)> cameFrom)
    {
        var trace = new List<string>();
        for (var at = cameFrom.Count - 1; at > 0; at = cameFrom[at].From) trace.Add(cameFrom[at].What);
        trace.Reverse();
        return trace;
    }

    private static UInt128 KeyOf(Scenario scenario, ModelWorld world)
    {
        var bytes = new List<byte>(160);
        for (var i = 0; i < world.Sites.Count; i++) Write(scenario, world, i, bytes);
        var letters = world.Wire.Select(KeyOf).Order().ToArray();
        foreach (var letter in letters)
            for (var shift = 0; shift < 32; shift += 8) bytes.Add((byte)(letter >> shift));
        var left = world.Left;
        bytes.AddRange(
            [(byte)left.Crashes, (byte)left.Duplicates, (byte)left.Losses, (byte)left.Unplugs, (byte)left.Lies]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(CollectionsMarshal.AsSpan(bytes), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static void Write(Scenario scenario, ModelWorld world, int i, List<byte> bytes)
    {
        var (site, times) = (world.Sites[i], scenario.Times);
        var flags = (site.IsGood ? 1 : 0) | (site.IsPlugged ? 2 : 0) | (site.IsUp ? 4 : 0)
            | (site.Reported is null ? 0 : site.Reported.Length == 0 ? 8 : 16);
        bytes.AddRange([(byte)flags, (byte)site.Place, (byte)site.Work, (byte)site.Begun]);
        if (site.Work is DiskWork.SetAside or DiskWork.Purge)
            bytes.Add(Age(site.Clock, site.By - times.ActByMs, times.ActByMs + 1));
        if (scenario.Hearing == Hearing.AnyTime)
            foreach (var state in site.Knows) bytes.Add((byte)state);
        if (site.Release is { } release) Write(site, release, times, bytes);
        bytes.Add(255);
        var mayBegin = i < scenario.Releasers && site.Begun < scenario.Attempts;
        foreach (var granted in site.Locks)
        {
            var age = site.IsUp ? Age(site.Clock, granted.GrantedMs, times.TtlMs) : (byte)0;
            // One that has lapsed, or that keeps nobody from anything, is no more.
            if (age < times.TtlMs && (mayBegin || world.Sites.Any(s => s.Release?.Intent == granted.Intent)))
                bytes.AddRange([(byte)granted.Intent.IdPrefix, age]);
        }

        bytes.Add(255);
    }

    /// <summary>A time enters only where the stage still asks for it, and no further than it asks.</summary>
    private static void Write(Site site, ReleaseProgress release, ReleaseTimes times, List<byte> bytes)
    {
        var (asked, since) = release.Stage switch
        {
            ReleaseStage.Asking or ReleaseStage.AskingAgain or ReleaseStage.SettingAside => (times.ActByMs + 1, 0),
            ReleaseStage.Waiting => (times.ActByMs + 1, times.WaitMs),
            ReleaseStage.Quarantined => (times.AnswerMs, Math.Min(times.QuarantineMs, times.TtlMs)),
            ReleaseStage.Restoring => (0, times.AnswerMs),
            _ => (0, 0),
        };
        bytes.AddRange([(byte)release.Stage, (byte)release.Intent.IdPrefix]);
        bytes.AddRange([Age(site.Clock, release.AskedMs, asked), Age(site.Clock, release.SinceMs, since)]);
        foreach (var device in release.Locked) bytes.Add((byte)device.Value.Prefix);
        bytes.Add(255);
        foreach (var refusal in release.Refused) bytes.Add((byte)refusal.Holder.Value.Prefix);
    }

    private static byte Age(long now, long then, long most) => (byte)Math.Clamp(now - then, 0, most);

    /// <summary>Without the number of the asking: letters of an earlier one have been thrown away.</summary>
    private static uint KeyOf(Letter letter) =>
        ((uint)letter.To << 24) | ((uint)letter.From << 16)
        | (letter.Answer is { } answer
            ? (((uint)answer.Holder.Value.Prefix & 255) << 8) | (answer.IsGranted ? 3u : 2u)
            : 1u);
}
