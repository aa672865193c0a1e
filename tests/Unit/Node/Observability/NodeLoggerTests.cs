using System.Reflection;
using System.Text.Json;
using Anarchive.Node;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What is logged by which level, and what a line may never hold.</summary>
public sealed class NodeLoggerTests : IDisposable
{
    private const string Ours = "Anarchive.Node.PeerLoop";

    private readonly LogLevels _levels = new(LogLevel.Information);
    private readonly LogMemory _memory = new();
    private readonly StringWriter _lines = new() { NewLine = "\n" };

    [Fact]
    public async Task An_area_says_as_much_as_its_level_allows_from_one_message_to_the_next()
    {
        await LogAsync(log =>
        {
            log.Log(LogLevel.Debug, 3001, "unheard");
            _levels.Set(LogArea.Sync, LogLevel.Debug);
            log.Log(LogLevel.Debug, 3001, "heard");
            log.Log(LogLevel.Debug, 4001, "another area");
            _levels.Set(null, LogLevel.None);
            log.Log(LogLevel.Critical, 3001, "silenced");
        });
        Assert.Equal(["heard"], _memory.After(0).Select(e => e.Message));
    }

    [Fact]
    public void Each_event_has_a_number_of_its_own()
    {
        var numbers = typeof(NodeHost).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId).OfType<int>().ToList();
        Assert.True(numbers.Count > 20, $"{numbers.Count} events.");
        Assert.Empty(numbers.GroupBy(n => n).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public async Task A_level_of_none_is_logged_by_no_setting()
    {
        await LogAsync(log =>
        {
            _levels.Set(null, LogLevel.None);
            log.Log(LogLevel.None, 3001, "never");
        });
        Assert.Empty(_memory.After(0));
    }

    [Theory]
    [InlineData(Ours, 1003, LogArea.Storage)]
    [InlineData(Ours, 6001, LogArea.Cli)]
    [InlineData(Ours, 7001, LogArea.Net)]
    [InlineData(Ours, 8001, LogArea.Fleet)]
    [InlineData(Ours, 9001, LogArea.Web)]
    [InlineData(Ours, 0, LogArea.Web)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", 3001, LogArea.Web)]
    public void The_thousand_of_an_event_id_is_its_area(string category, int id, LogArea area) =>
        Assert.Equal(area, LogLevels.AreaOf(category, id));

    [Fact]
    public async Task An_entry_is_one_line_whatever_it_quotes()
    {
        await LogAsync(log => log.Log(LogLevel.Warning, 3001, "a\r\n2026-01-01T00:00:00.000Z critical forged"));
        var line = Assert.Single(_lines.ToString().TrimEnd('\n').Split('\n'));
        Assert.Contains(" warning sync 3001: a  2026", line);
    }

    [Fact]
    public async Task A_line_for_programs_is_one_document()
    {
        await LogAsync(log => log.Log(LogLevel.Warning, 3001, "said \"so\""), LogLines.Json);
        var document = JsonDocument.Parse(_lines.ToString()).RootElement;
        Assert.Equal(("warning", "sync", 3001, "said \"so\""), (
            document.GetProperty("level").GetString(), document.GetProperty("area").GetString(),
            document.GetProperty("event_id").GetInt32(), document.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task What_was_thrown_is_told_without_its_message_which_may_name_a_path()
    {
        await LogAsync(log =>
        {
            try
            {
                File.OpenRead("/canary/file").Dispose();
            }
            catch (IOException error)
            {
                log.Log(LogLevel.Error, new EventId(1001), error, "The disk refused.");
            }
        });
        Assert.Contains("DirectoryNotFoundException", _lines.ToString());
        Assert.DoesNotContain("canary", _lines.ToString());
    }

    [Fact]
    public void Of_many_entries_the_last_are_kept()
    {
        for (var n = 1; n <= LogMemory.EntriesMax + 3; n++)
            _memory.Keep(new LogEntry(0, n, LogLevel.Information, LogArea.Sync, 3001, "m", null));
        var kept = _memory.After(0);
        Assert.Equal(LogMemory.EntriesMax, kept.Count);
        Assert.Equal((4, LogMemory.EntriesMax + 3), (kept[0].Seq, kept[^1].Seq));
        Assert.Empty(_memory.After(kept[^1].Seq));
    }

    [Fact]
    public async Task A_reader_that_went_away_does_not_stop_the_log()
    {
        await using var provider = new NodeLoggerProvider(
            _levels, _memory, TimeProvider.System, new BrokenWriter(), LogLines.Text);
        var log = provider.CreateLogger(Ours);
        for (var n = 0; n < 10; n++) log.Log(LogLevel.Warning, 3001, "said");
        Assert.Equal(10, _memory.After(0).Count);
    }

    public void Dispose() => _lines.Dispose();

    private async Task LogAsync(Action<ILogger> say, Func<LogEntry, string>? form = null)
    {
        await using var provider = new NodeLoggerProvider(
            _levels, _memory, TimeProvider.System, _lines, form ?? LogLines.Text);
        say(provider.CreateLogger(Ours));
    }

    private sealed class BrokenWriter : StringWriter
    {
        public override Task WriteLineAsync(string? value) => throw new IOException("Broken pipe");
    }
}
