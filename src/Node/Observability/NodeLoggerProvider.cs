using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Keeps what is logged and writes it to a stream of lines, by the levels in force at that moment.</summary>
/// <remarks>Lines are written beside the work that logs them; where nobody reads them, they are dropped.</remarks>
[ProviderAlias("Node")]
public sealed class NodeLoggerProvider : ILoggerProvider, IAsyncDisposable
{
    private const int LinesMax = 4_096;

    private readonly Channel<LogEntry> _lines = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly LogLevels _levels;
    private readonly LogMemory _memory;
    private readonly TimeProvider _time;
    private readonly Task _writing;

    public NodeLoggerProvider(NodeOptions options, LogLevels levels, LogMemory memory, TimeProvider time)
        : this(levels, memory, time, Console.Error, options.LogsJson ? LogLines.Json : LogLines.Text)
    {
    }

    internal NodeLoggerProvider(
        LogLevels levels, LogMemory memory, TimeProvider time, TextWriter lines, Func<LogEntry, string> form)
    {
        (_levels, _memory, _time) = (levels, memory, time);
        _writing = WriteAsync(lines, form);
    }

    public ILogger CreateLogger(string categoryName) => new AreaLogger(this, categoryName);

    /// <summary>Ends the stream of lines; what was logged before is still written.</summary>
    public void Dispose() => _lines.Writer.TryComplete();

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _writing;
    }

    private async Task WriteAsync(TextWriter lines, Func<LogEntry, string> form)
    {
        try
        {
            await foreach (var entry in _lines.Reader.ReadAllAsync()) await lines.WriteLineAsync(form(entry));
        }
        catch (IOException)
        {
            // Whoever read them has gone; the entries are still kept in memory.
        }
    }

    private void Log(LogArea area, LogLevel level, int id, string message, Exception? cause)
    {
        var entry = new LogEntry(
            0, _time.GetUtcNow().ToUnixTimeMilliseconds(), level, area, id, LogLines.OneLine(message),
            cause is null ? null : LogLines.Cause(cause));
        _lines.Writer.TryWrite(_memory.Keep(entry));
    }

    private sealed class AreaLogger(NodeLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner._levels.Lowest && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var area = LogLevels.AreaOf(category, eventId);
            if (logLevel == LogLevel.None || logLevel < owner._levels.Of(area)) return;
            owner.Log(area, logLevel, eventId.Id, formatter(state, exception), exception);
        }
    }
}
