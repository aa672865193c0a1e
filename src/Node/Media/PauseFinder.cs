using System.Globalization;
using System.Text;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Where a file's picture is black and its sound silent, near one place.</summary>
internal sealed record Pauses(IReadOnlyList<Stretch> Black, IReadOnlyList<Stretch> Silent)
{
    public static Pauses None { get; } = new([], []);
}

/// <summary>Asks ffmpeg's blackdetect and silencedetect about a few seconds of a file.</summary>
internal static class PauseFinder
{
    private const int OutputBytesMax = 1024 * 1024;

    // A black frame may have a little noise; silence below -50 dB for a tenth of a second is no pause of a speaker.
    private const string Picture = "blackdetect=d=0.1:pix_th=0.1,metadata=mode=print:file=-:direct=1";
    private const string Sound = "silencedetect=n=-50dB:d=0.1,ametadata=mode=print:file=-:direct=1";

    /// <summary>Looks as far around a place as an edge may be moved, and a second further.</summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    public static async Task<Pauses> AroundAsync(
        string path, MediaFacts facts, long placeMs, CancellationToken cancellation)
    {
        var reach = MarkerEdges.SnapMs + 1_000;
        var start = Math.Max(0, placeMs - reach);
        var end = Math.Min(facts.DurationMs, placeMs + reach);
        if (!facts.HasPicture || !facts.HasSound || end <= start) return Pauses.None;
        var read = (long)((Int128)facts.Bytes * (end - start) / facts.DurationMs);
        var output = await MediaTool.RunAsync(
            MediaTool.Ffmpeg,
            [
                "-nostdin", .. MediaTool.Quietly, "-ss", Fingerprinter.Seconds(start),
                "-t", Fingerprinter.Seconds(end - start), "-i", MediaTool.Name(path),
                "-map", "0:V:0", "-map", "0:a:0", "-vf", Picture, "-af", Sound, "-f", "null", "-",
            ],
            read, OutputBytesMax, cancellation);
        var lines = Encoding.UTF8.GetString(output).Split('\n');
        var whole = new Stretch(start, end);
        return new Pauses(Stretches(lines, "black", whole), Stretches(lines, "silence", whole));
    }

    /// <summary>Pairs of starts and ends; one that does not end there lasts on.</summary>
    internal static List<Stretch> Stretches(IEnumerable<string> lines, string what, Stretch whole)
    {
        var stretches = new List<Stretch>();
        long? since = null;
        foreach (var line in lines)
        {
            if (Place(line, $"lavfi.{what}_start=", whole.StartMs) is { } start) since ??= start;
            if (Place(line, $"lavfi.{what}_end=", whole.StartMs) is not { } end) continue;
            if (since is { } began && end > began) stretches.Add(new Stretch(began, end));
            since = null;
        }

        if (since is { } last && last < whole.EndMs) stretches.Add(new Stretch(last, whole.EndMs));
        return stretches;
    }

    private static long? Place(string line, string name, long startMs) =>
        line.StartsWith(name, StringComparison.Ordinal)
        && decimal.TryParse(
            line.AsSpan(name.Length).Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) <= NetRules.MediaMsMax
            ? startMs + (long)Math.Round(seconds * 1_000)
            : null;
}
