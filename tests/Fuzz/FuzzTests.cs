using System.Globalization;
using System.Text;
using Xunit;

namespace Anarchive.Tests.Fuzz;

/// <summary>Every target for its share of the time; <c>./test fuzz --minutes N</c> gives each that much.</summary>
public sealed class FuzzTests
{
    /// <summary>What all targets share where no time was asked for.</summary>
    private const double SecondsTogether = 12;

    public static TheoryData<string> Names =>
        [.. FuzzTargets.All.Select(t => t.Name).Where(name => Asked("TARGET") is not { } one || name == one)];

    [Theory, MemberData(nameof(Names))]
    public async Task Foreign_bytes_are_refused_or_read_and_never_break_the_reader(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);
        var seed = ulong.Parse(
            Environment.GetEnvironmentVariable("ANARCHIVE_SEED") ?? "1", CultureInfo.InvariantCulture);
        // Targets must not walk the same path.
        foreach (var letter in name) seed = seed * 31 + letter;
        var time = Asked("MINUTES") is { } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : TimeSpan.FromSeconds(SecondsTogether / FuzzTargets.All.Count);
        var result = await FuzzRun.RunAsync(target, seed, time);
        if (Asked("MINUTES") is not null) await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {result.Inputs:N0} inputs in {result.Elapsed.TotalMinutes:F1} min "
            + $"({result.Processor.TotalMinutes:F1} of processor time), {result.Outcomes} outcomes, "
            + $"slowest {result.Slowest.TotalMilliseconds:F0} ms"));
        Assert.True(result.Inputs > 0);
    }

    [Fact]
    public async Task A_reader_with_a_bug_behind_a_tag_is_caught_and_its_input_made_short()
    {
        var buggy = FuzzTarget.Of("buggy", [Encoding.ASCII.GetBytes("abcdefgh")], ["magic"], bytes =>
        {
            var at = bytes.AsSpan().IndexOf("magic"u8);
            if (at >= 0 && bytes.Length > at + 5 && bytes[at + 5] == 0) throw new OverflowException();
            return at < 0 ? "plain" : "tagged";
        });
        var failure = await Assert.ThrowsAsync<FuzzFailure>(
            () => FuzzRun.RunAsync(buggy, seed: 1, TimeSpan.FromMinutes(5)));
        Assert.IsType<OverflowException>(failure.InnerException);
        Assert.EndsWith(Convert.ToBase64String("magic\0"u8), failure.Message);
    }

    [Fact]
    public async Task A_reader_that_takes_memory_without_reason_is_caught()
    {
        var greedy = FuzzTarget.Of(
            "greedy", [[1]], [], bytes => bytes.Length > 1 ? $"{new byte[200_000_000].Length}" : "small");
        var failure = await Assert.ThrowsAsync<FuzzFailure>(
            () => FuzzRun.RunAsync(greedy, seed: 1, TimeSpan.FromMinutes(5)));
        Assert.Contains("allocated", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    private static string? Asked(string what) =>
        Environment.GetEnvironmentVariable("ANARCHIVE_FUZZ_" + what) is { Length: > 0 } said ? said : null;
}
