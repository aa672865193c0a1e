using System.Globalization;

namespace Anarchive.Tests.Integration;

/// <summary>What may be left of a disk after a power cut: a directory, and what was acknowledged until then.</summary>
internal sealed record DiskImage(string Root, int Cut, Acknowledged Said);

/// <summary>Every call of one process on its disk, from a known beginning; and images of cuts anywhere in it.</summary>
internal sealed class Recording
{
    /// <summary>In the watched directory, where the process notes what it acknowledged.</summary>
    public const string AckFile = "acks";

    private readonly string _root;
    private readonly RecordedDisk _disk;
    private readonly IReadOnlyList<DiskCall> _calls;

    private Recording(string root, RecordedDisk disk, IReadOnlyList<DiskCall> calls) =>
        (_root, _disk, _calls) = (root, disk, calls);

    /// <summary>ANARCHIVE_POWER_CUTS asks for more images than the few of every run.</summary>
    public static int? Asked { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ANARCHIVE_POWER_CUTS"), out var asked) ? asked : null;

    public static ulong Seed { get; } =
        ulong.TryParse(Environment.GetEnvironmentVariable("ANARCHIVE_SEED"), out var seed) ? seed : 1;

    public int Calls => _calls.Count;

    /// <summary>Of files: SQLite takes no notice when that of a directory fails.</summary>
    public int Syncs => _calls.Count(
        call => call.Kind == DiskCallKind.Sync && !Directory.Exists(call.Path));

    /// <summary>Runs a watched program; what is below the directory beforehand counts as durable.</summary>
    public static async Task<Recording> Make(
        string program, string root, params (string Name, string Value)[] settings)
    {
        DiskWatch.Need();
        var disk = new RecordedDisk(root);
        disk.Load();
        var trace = root + ".trace";
        await DiskWatch.Run(program, root, trace, settings);
        return new Recording(root, disk, DiskCall.ReadAll(trace));
    }

    /// <summary>So many cuts by chance, in order; an image is gone once the next is asked for.</summary>
    public IEnumerable<DiskImage> Images(int count)
    {
        var random = NewRandom();
        return Images(random, [.. Enumerable.Range(0, count).Select(_ => random.Next(_calls.Count + 1)).Order()]);
    }

    /// <summary>One cut, after the last call.</summary>
    public IEnumerable<DiskImage> ImageAtTheEnd() => Images(NewRandom(), [_calls.Count]);

    public static Random NewRandom() => new(unchecked((int)(Seed ^ (Seed >> 32))));

    private IEnumerable<DiskImage> Images(Random random, int[] cuts)
    {
        var (said, done, ackFile) = (new Acknowledged(), 0, -1);
        foreach (var cut in cuts)
        {
            for (; done < cut; done++)
            {
                var call = _calls[done];
                _disk.Apply(call);
                if (call.Kind == DiskCallKind.Open && call.Path == Path.Combine(_root, AckFile))
                    ackFile = call.Descriptor;
                else if (call.Kind == DiskCallKind.Write && call.Descriptor == ackFile) Note(said, call.Data.Span);
            }

            var image = Directory.CreateDirectory(_root + ".image").FullName;
            _disk.WriteImage(image, random);
            yield return new DiskImage(image, cut, said);
            Directory.Delete(image, recursive: true);
        }
    }

    /// <summary>Says where a fault was found, so that it can be found again.</summary>
    public string Place(DiskImage image) =>
        string.Create(CultureInfo.InvariantCulture, $"Seed {Seed}, after call {image.Cut} of {_calls.Count}: ");

    private static void Note(Acknowledged said, ReadOnlySpan<byte> lines)
    {
        foreach (var line in lines.Split((byte)'\n'))
            if (!lines[line].IsEmpty) said.Add(lines[line]);
    }
}
