using System.Globalization;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Programs that fail, hang, shout, or are not there.</summary>
public sealed class MediaToolTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_program_that_is_absent_fails_or_says_too_much_is_refused_with_a_code()
    {
        Assert.Equal("ffmpeg_missing", await Refused("no-such-program", []));
        Assert.Equal("media_unreadable", await Refused("false", []));
        Assert.Equal("media_output", await Refused("yes", []));
        Assert.Equal("media_output", await Refused("head", ["-c", "1001", "/dev/zero"]));
        var all = await MediaTool.RunAsync("head", ["-c", "1000", "/dev/zero"], 0, 1_000, Cancellation);
        Assert.Equal(1_000, all.Length);
    }

    [Fact]
    public async Task A_program_that_only_remarks_is_heard_out()
    {
        var output = await MediaTool.RunAsync(
            "sh", ["-c", "head -c 3000000 /dev/zero >&2; echo done"], 0, 100, Cancellation);
        Assert.Equal("done\n"u8.ToArray(), output);
    }

    [Fact]
    public async Task Whoever_stops_waiting_leaves_nothing_running()
    {
        var told = _scratch.At("told");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = MediaTool.RunAsync(
            "sh", ["-c", "sleep 600 & echo $! $$ > \"$0.new\"; mv \"$0.new\" \"$0\"; wait", told], 0, 100, stop.Token);
        await NodeAtWork.Eventually(() => Task.FromResult(File.Exists(told)), "It does not start.");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        foreach (var id in (await File.ReadAllTextAsync(told, Cancellation)).Split(' '))
        {
            var process = int.Parse(id, CultureInfo.InvariantCulture);
            await NodeAtWork.Eventually(() => Task.FromResult(IsGone(process)), "It runs on.");
        }
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(-5, 60)]
    [InlineData(1, 61)]
    [InlineData(2_097_152, 61)]
    [InlineData(2_097_153, 62)]
    public void Time_grows_with_what_is_read(long bytes, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), MediaTool.TimeFor(bytes));

    private static async Task<string> Refused(string program, string[] arguments) =>
        (await Assert.ThrowsAsync<MediaException>(
            () => MediaTool.RunAsync(program, arguments, 0, 1_000, Cancellation))).Code;

    /// <summary>Ended; a child whose parent is gone may still wait for somebody to take note of that.</summary>
    private static bool IsGone(int process)
    {
        var place = $"/proc/{process}/stat";
        try
        {
            return File.ReadAllText(place).Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }
}
