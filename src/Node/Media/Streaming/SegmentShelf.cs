namespace Anarchive.Node;

/// <summary>The segments of one viewing, as files of a folder of its own, as many as its bounds allow.</summary>
/// <remarks>Safe from any thread. A segment that is being read may go: whoever opened it reads it to the end.</remarks>
internal sealed class SegmentShelf(string folder)
{
    /// <summary>Half a minute, for players that go back a little.</summary>
    public const int BehindMax = 8;

    /// <summary>One more than this may be there while it grows.</summary>
    public const long BytesMax = 512L << 20;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, long> _kept = [];
    private byte[]? _init;

    public byte[]? Init
    {
        get
        {
            lock (_lock) return _init;
        }
    }

    public void PutInit(byte[] init)
    {
        lock (_lock) _init ??= init;
    }

    public bool Has(int segment)
    {
        lock (_lock) return _kept.ContainsKey(segment);
    }

    /// <summary>True where no more should be made before some of it was asked for.</summary>
    /// <param name="wanted">The one asked for last.</param>
    public bool IsFullAhead(int wanted)
    {
        lock (_lock) return _kept.Where(k => k.Key > wanted).Sum(k => k.Value) > BytesMax / 2;
    }

    /// <summary>Null where it is not here.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public FileStream? Open(int segment)
    {
        lock (_lock)
        {
            if (!_kept.ContainsKey(segment)) return null;
            return new FileStream(
                NameOf(segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16,
                useAsync: true);
        }
    }

    /// <summary>A file to write a segment into; <see cref="Take"/> shows it to readers.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public FileStream Begin()
    {
        DataDirectory.CreatePrivate(folder);
        return new FileStream(Path.Combine(folder, "next"), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = DurableFile.PrivateFile,
        });
    }

    /// <summary>Puts what was written in its place, and drops what is farthest from what is wanted.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Take(int segment, int wanted)
    {
        lock (_lock)
        {
            var next = Path.Combine(folder, "next");
            _kept[segment] = new FileInfo(next).Length;
            File.Move(next, NameOf(segment), overwrite: true);
            while (_kept.Count > 1 && Spare(wanted) is { } spare)
            {
                File.Delete(NameOf(spare));
                _kept.Remove(spare);
            }
        }
    }

    /// <summary>Takes all of it off the disk.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One far behind; else, if there is too much, the farthest; null where all may stay.</summary>
    private int? Spare(int wanted)
    {
        if (_kept.Keys.First() is var first && first < wanted - BehindMax) return first;
        if (_kept.Keys.Last() is var last && last > wanted + 2 * CodingRun.AheadMax) return last;
        if (_kept.Values.Sum() <= BytesMax) return null;
        return first < wanted ? first : last > wanted ? last : null;
    }

    private string NameOf(int segment) => Path.Combine(
        folder, segment.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".m4s");
}
