using System.Globalization;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Makes Chromaprint's points of a stretch of a file's sound, or takes them from the cache.</summary>
/// <param name="cache">Null: every fingerprint is made anew.</param>
/// <remarks>Safe for several threads at once.</remarks>
public sealed class Fingerprinter(FingerprintCache? cache)
{
    // A quarter of an hour is 29 kB; a day would be 2.8 MB.
    private const int PointsBytesMax = 4 * SoundWindow.PointsMax;

    private long _madeMs;
    private int _cached;

    /// <summary>Milliseconds of sound that were listened to.</summary>
    public long MadeMs => Interlocked.Read(ref _madeMs);

    /// <summary>Stretches that the cache had.</summary>
    public int Cached => _cached;

    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    /// <exception cref="IOException">The file is gone, or the disk refuses.</exception>
    public async Task<SoundWindow> ListenAsync(
        string path, MediaFacts facts, Stretch stretch, CancellationToken cancellation)
    {
        var length = stretch.EndMs - stretch.StartMs;
        if (!facts.HasSound || length <= 0) return SoundWindow.Empty;
        if (cache?.Find(path, stretch) is { } known)
        {
            Interlocked.Increment(ref _cached);
            return new SoundWindow(known, stretch.StartMs);
        }

        var read = (long)((Int128)facts.Bytes * length / facts.DurationMs);
        var bytes = await MediaTool.RunAsync(
            MediaTool.Ffmpeg, Arguments(path, stretch), read, PointsBytesMax, cancellation);
        var points = PointBytes.Read(bytes);
        Interlocked.Add(ref _madeMs, length);
        cache?.Keep(path, stretch, points);
        return new SoundWindow(points, stretch.StartMs);
    }

    /// <summary>The first track, whatever others there are: it is the same language in all of a season.</summary>
    private static string[] Arguments(string path, Stretch stretch) =>
    [
        "-nostdin", .. MediaTool.Quietly, "-ss", Seconds(stretch.StartMs),
        "-t", Seconds(stretch.EndMs - stretch.StartMs), "-i", MediaTool.Name(path),
        "-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "2",
        "-f", "chromaprint", "-fp_format", "raw", "-algorithm", "1", "pipe:1",
    ];

    internal static string Seconds(long ms) =>
        string.Create(CultureInfo.InvariantCulture, $"{ms / 1_000}.{ms % 1_000:000}");
}
