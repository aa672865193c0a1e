using System.Threading.Channels;

namespace Anarchive.Web;

/// <summary>One open page. It keeps the newest fragment of each part: a slow one misses steps, not the end.</summary>
internal sealed class PartViewer(LiveTopic topic)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _pending = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public LiveTopic Topic { get; } = topic;

    /// <summary>True until it was given every part once.</summary>
    public bool IsFresh { get; set; } = true;

    public void Offer(string id, string html)
    {
        lock (_lock) _pending[id] = html;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Waits for fragments and takes all of them, containers before what they contain.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(CancellationToken cancellation)
    {
        await _wake.Reader.ReadAsync(cancellation);
        lock (_lock)
        {
            var frames = _pending.Select(part => $"{part.Key}\n{part.Value}").ToList();
            _pending.Clear();
            return frames;
        }
    }
}
