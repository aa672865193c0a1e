using System.Diagnostics;
using System.Globalization;

namespace Anarchive.Tests.Fuzz;

/// <summary>What a run did: how many inputs, how many kinds of outcome, and the input that took longest.</summary>
internal sealed record FuzzResult(long Inputs, int Outcomes, TimeSpan Elapsed, TimeSpan Processor, TimeSpan Slowest);

/// <summary>An input broke a promise of its target.</summary>
internal sealed class FuzzFailure(string sentence, Exception cause) : Exception(sentence, cause);

/// <summary>Feeds a target with inputs until its time is over.</summary>
/// <remarks>
/// No coverage is measured: an input whose outcome is rare joins those that breed, which leads past the checks of
/// lengths and tags that random bytes never pass. One seed repeats the inputs of a run.
/// </remarks>
internal static class FuzzRun
{
    /// <summary>An input of at most 128 KiB has no reason to make a parser allocate more.</summary>
    private const long AllocatedMax = 128L * 1024 * 1024;

    private const long HeapGrowthMax = 128L * 1024 * 1024;
    private const int BreedersMax = 1_024;
    private const int BreedersPerOutcome = 24;
    private const int ShrinkingsMax = 2_000;

    /// <summary>Of processor time, for the machine may be busy with other things.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    public static async Task<FuzzResult> RunAsync(FuzzTarget target, ulong seed, TimeSpan time)
    {
        var mutator = new Mutator(new SplitMix64(seed), target.Tokens);
        var breeders = new List<byte[]>(target.Examples);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var example in target.Examples)
            FuzzTarget.Holds(
                await TryAsync(target, example, seed) != FuzzTarget.Refused,
                $"{target.Name}: an example is refused: {Convert.ToBase64String(example)}");
        var (inputs, slowest, heap) = (0L, TimeSpan.Zero, GC.GetTotalMemory(forceFullCollection: true));
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using var watch = new Watch(target.Name);
        while (clock.Elapsed < time)
        {
            var input = mutator.Next(breeders);
            watch.Begin(input);
            var before = clock.Elapsed;
            var outcome = await TryAsync(target, input, seed);
            if (clock.Elapsed - before is var took && took > slowest) slowest = took;
            inputs++;
            var count = outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (count <= BreedersPerOutcome && breeders.Count < BreedersMax) breeders.Add(input);
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - heap;
        FuzzTarget.Holds(grown < HeapGrowthMax, $"{target.Name}: memory grew by {grown} bytes.");
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        return new FuzzResult(inputs, outcomes.Count, clock.Elapsed, cpu, slowest);
    }

    private static async ValueTask<string> TryAsync(FuzzTarget target, byte[] input, ulong seed)
    {
        var (outcome, fault) = await FaultAsync(target, input);
        if (fault is null) return outcome;
        var least = await ShrinkAsync(target, input, fault.GetType());
        throw new FuzzFailure(
            string.Create(CultureInfo.InvariantCulture, $"{target.Name}, seed {seed}: {Convert.ToBase64String(least)}"),
            fault);
    }

    private static async ValueTask<(string Outcome, Exception? Fault)> FaultAsync(FuzzTarget target, byte[] input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var outcome = await target.RunAsync(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            FuzzTarget.Holds(allocated < AllocatedMax, $"{allocated} bytes allocated for one input.");
            return (outcome, null);
        }
        catch (Exception fault)
        {
            return ("", fault);
        }
    }

    /// <summary>Leaves out pieces for as long as the fault stays of its kind.</summary>
    private static async Task<byte[]> ShrinkAsync(FuzzTarget target, byte[] input, Type kind)
    {
        var tries = 0;
        for (var size = input.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= input.Length && tries < ShrinkingsMax; tries++)
            {
                byte[] less = [.. input.AsSpan(0, at), .. input.AsSpan(at + size)];
                if ((await FaultAsync(target, less)).Fault?.GetType() == kind) input = less;
                else at += size;
            }
        }

        return input;
    }

    /// <summary>Ends the process where one input takes for ever, for nothing else could tell which.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly Timer _timer;
        private readonly string _target;
        private byte[] _input = [];
        private TimeSpan _since = Environment.CpuUsage.TotalTime;
        private byte[]? _seen;

        public Watch(string target)
        {
            _target = target;
            _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }

        public void Begin(byte[] input) => Volatile.Write(ref _input, input);

        public void Dispose() => _timer.Dispose();

        private void Look()
        {
            var (input, used) = (Volatile.Read(ref _input), Environment.CpuUsage.TotalTime);
            if (!ReferenceEquals(input, _seen)) (_seen, _since) = (input, used);
            else if (used - _since > Hang)
                Environment.FailFast($"{_target} hangs on {Convert.ToBase64String(input)}");
        }
    }
}
