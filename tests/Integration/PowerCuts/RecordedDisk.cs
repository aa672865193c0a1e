namespace Anarchive.Tests.Integration;

/// <summary>
/// A disk as the calls of a trace leave it: what is durable, and what was done since and may be lost.
/// </summary>
/// <remarks>
/// <para>
/// Of a file, everything before its last sync is durable. Of what came later, any subset of 512-byte sectors may have
/// reached the disk, in any order: an older version of a sector without a newer one, a newer one without its
/// neighbours. A truncation since may have happened or not. A sync that fails loses it all: the system takes the pages
/// for written, and a later sync says nothing of them.
/// </para>
/// <para>
/// Names are durable once their directory is synced, whether or not the file itself was. Of later creations, renames
/// and removals any subset may have happened. Journaling file systems keep their order; this does not count on it.
/// </para>
/// </remarks>
internal sealed class RecordedDisk(string root)
{
    private const int SectorBytes = 512;

    private readonly Dictionary<int, RecordedFile> _descriptors = [];
    private readonly Dictionary<string, RecordedFile?> _names = new() { [root] = null };
    private readonly Dictionary<string, RecordedFile?> _durableNames = new() { [root] = null };
    private readonly List<NameChange> _pending = [];

    /// <summary>Takes what is there now as durable.</summary>
    public void Load()
    {
        foreach (var directory in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories))
            _names[directory] = _durableNames[directory] = null;
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            _names[path] = _durableNames[path] = new RecordedFile(File.ReadAllBytes(path));
    }

    /// <summary>Brings the disk to the moment after a call.</summary>
    public void Apply(DiskCall call)
    {
        switch (call.Kind)
        {
            case DiskCallKind.Open:
                Open(call);
                break;
            case DiskCallKind.Close:
                _descriptors.Remove(call.Descriptor);
                break;
            case DiskCallKind.Write:
                for (var at = 0; at < call.Data.Length;)
                {
                    var taken = Math.Min(call.Data.Length - at, SectorBytes - (int)((call.At + at) % SectorBytes));
                    _descriptors[call.Descriptor].Pending.Add((call.At + at, call.Data.Slice(at, taken)));
                    at += taken;
                }

                break;
            case DiskCallKind.Truncate:
                _descriptors[call.Descriptor].Pending.Add((call.At, null));
                break;
            case DiskCallKind.Sync:
                Sync(call.Path);
                break;
            case DiskCallKind.FailedSync:
                _names.GetValueOrDefault(call.Path)?.Pending.Clear();
                break;
            case DiskCallKind.Rename:
                var moved = _names[call.Path] ?? throw Unexpected(call);
                Change(call.Other, moved, added: true, from: call.Path);
                break;
            case DiskCallKind.Link:
                Change(call.Other, _names[call.Path], added: true);
                break;
            case DiskCallKind.MakeDirectory:
                Change(call.Path, null, added: true);
                break;
            case DiskCallKind.Unlink or DiskCallKind.RemoveDirectory:
                Change(call.Path, null, added: false);
                break;
            default:
                throw Unexpected(call);
        }
    }

    /// <summary>
    /// What a power cut now may leave: everything durable, and of the rest each sector and name by chance.
    /// </summary>
    public void WriteImage(string directory, Random random)
    {
        // Few survivors show what a missing sync loses; many show what a missing order breaks.
        var odds = random.Next(5) switch { 0 => 0, 1 => 0.1, 2 => 0.5, 3 => 0.9, _ => 1 };
        var names = new Dictionary<string, RecordedFile?>(_durableNames);
        foreach (var change in _pending)
            if (random.NextDouble() < odds) change.On(names);
        foreach (var (name, file) in names.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            var path = directory + name[root.Length..];
            if (file is null)
            {
                Directory.CreateDirectory(
                    path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            else if (Directory.Exists(Path.GetDirectoryName(path)))
            {
                using var stream = new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
                stream.Write(file.Image(random, odds));
            }
        }
    }

    private static InvalidOperationException Unexpected(DiskCall call) =>
        new($"The recording cannot be followed: {call.Kind} {call.Path} {call.Other}");

    private void Open(DiskCall call)
    {
        if (call.Created) Change(call.Path, new RecordedFile([]), added: true);
        // Directories are opened only to be synced, which tells their path.
        if (_names.TryGetValue(call.Path, out var file) && file is not null) _descriptors[call.Descriptor] = file;
    }

    private void Sync(string path)
    {
        if (_names.GetValueOrDefault(path) is { } file)
        {
            file.Sync();
            return;
        }

        foreach (var change in _pending.Where(c => Path.GetDirectoryName(c.Name) == path)) change.On(_durableNames);
        _pending.RemoveAll(c => Path.GetDirectoryName(c.Name) == path);
    }

    private void Change(string name, RecordedFile? file, bool added, string? from = null)
    {
        var change = new NameChange(name, file, added, from);
        change.On(_names);
        _pending.Add(change);
    }

    private sealed record NameChange(string Name, RecordedFile? File, bool Added, string? From)
    {
        public void On(Dictionary<string, RecordedFile?> names)
        {
            if (From is not null) names.Remove(From);
            if (Added) names[Name] = File;
            else names.Remove(Name);
        }
    }

    private sealed class RecordedFile(byte[] durable)
    {
        private byte[] _durable = durable;

        /// <summary>A part of one sector, or a truncation where there are no bytes.</summary>
        public List<(long At, ReadOnlyMemory<byte>? Sector)> Pending { get; } = [];

        public void Sync()
        {
            _durable = Image(Random.Shared, odds: 1);
            Pending.Clear();
        }

        public byte[] Image(Random random, double odds)
        {
            var kept = Pending.Where(_ => odds >= 1 || random.NextDouble() < odds).ToArray();
            var size = kept.Aggregate(
                (long)_durable.Length, (all, p) => Math.Max(all, p.At + (p.Sector?.Length ?? 0)));
            var bytes = new byte[size];
            _durable.CopyTo(bytes, 0);
            long length = _durable.Length;
            foreach (var (at, sector) in kept)
            {
                if (sector is { } data)
                {
                    data.Span.CopyTo(bytes.AsSpan((int)at));
                    length = Math.Max(length, at + data.Length);
                }
                else
                {
                    if (at < length) bytes.AsSpan((int)at, (int)(length - at)).Clear();
                    length = at;
                }
            }

            return bytes[..(int)length];
        }
    }
}
