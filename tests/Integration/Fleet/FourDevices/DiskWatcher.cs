using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Looks at the disks of a household all the time: no film ever has fewer copies than it should.</summary>
/// <remarks>Films are known by their length; what was set aside does not count.</remarks>
internal sealed class DiskWatcher : IAsyncDisposable
{
    private readonly IReadOnlyList<MediaBox> _boxes;
    private readonly long[] _films;
    private readonly int _floor;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private string? _fault;
    private int _looks;

    public DiskWatcher(IReadOnlyList<MediaBox> boxes, IEnumerable<long> films, int floor)
    {
        (_boxes, _films, _floor) = (boxes, [.. films], floor);
        _watching = Task.Run(Watch);
    }

    /// <summary>Files of films that lie in their place on all disks.</summary>
    public int Films() => Lengths().Count(_films.Contains);

    public void Check()
    {
        Assert.True(_looks > 0);
        Assert.Null(_fault);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private void Watch()
    {
        while (!_end.IsCancellationRequested)
        {
            var copies = Lengths();
            foreach (var film in _films)
                if (copies.Count(length => length == film) is var count && count < _floor)
                    _fault ??= $"{count} copies of the film of {film} bytes";
            _looks++;
            _end.Token.WaitHandle.WaitOne(20);
        }
    }

    private List<long> Lengths() => [.. _boxes.SelectMany(b => Lengths(b.Root))];

    private static IEnumerable<long> Lengths(string root) =>
        new DirectoryInfo(root).EnumerateFiles("*.mkv", SearchOption.AllDirectories)
            .Where(f => !f.FullName.Contains("/.anarchive/", StringComparison.Ordinal)).Select(LengthOf);

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return -1;
        }
    }
}
