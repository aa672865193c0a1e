using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Anarchive.Tests.Integration;

/// <summary>Every line that nodes log at their most talkative, with what caused it.</summary>
internal sealed class AllLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");

    /// <summary>Several nodes share one, and each would dispose of it.</summary>
    public void Dispose()
    {
    }
}
