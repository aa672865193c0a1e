using System.Security.Cryptography;
using System.Text;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Fingerprints that were made before, one small file each in a private directory.</summary>
/// <remarks>
/// A name is the hash of a path, a size and a time of change: a file that was changed is listened to again. Nothing of
/// it leaves this machine, and nothing is lost with it. A file that is torn or not ours counts as absent.
/// </remarks>
public sealed class FingerprintCache
{
    private const int HashBytes = 16;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly byte[] Magic = "AFP1"u8.ToArray();

    private readonly string _directory;

    /// <summary>Makes the directory where it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public FingerprintCache(string directory)
    {
        _directory = Path.GetFullPath(directory);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_directory);
        else Directory.CreateDirectory(_directory, Private);
    }

    internal uint[]? Find(string path, Stretch stretch)
    {
        try
        {
            return Read(File.ReadAllBytes(PlaceOf(path, stretch)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it the sound is listened to again.
            return null;
        }
    }

    internal void Keep(string path, Stretch stretch, ReadOnlySpan<uint> points)
    {
        var place = PlaceOf(path, stretch);
        var fresh = $"{place}.{Guid.NewGuid():n}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(fresh, options)) stream.Write(Bytes(points));
            File.Move(fresh, place, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk costs the time to listen again, not the answer.
            File.Delete(fresh);
        }
    }

    private static byte[] Bytes(ReadOnlySpan<uint> points)
    {
        var bytes = new byte[Magic.Length + HashBytes + 4 * points.Length];
        Magic.CopyTo(bytes, 0);
        var body = bytes.AsSpan(Magic.Length + HashBytes);
        PointBytes.Write(points, body);
        SHA256.HashData(body).AsSpan(0, HashBytes).CopyTo(bytes.AsSpan(Magic.Length));
        return bytes;
    }

    private static uint[]? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Magic.Length + HashBytes || !bytes.StartsWith(Magic)) return null;
        var body = bytes[(Magic.Length + HashBytes)..];
        if (body.Length % 4 != 0 || body.Length / 4 > SoundWindow.PointsMax) return null;
        var stated = bytes.Slice(Magic.Length, HashBytes);
        return SHA256.HashData(body).AsSpan(0, HashBytes).SequenceEqual(stated) ? PointBytes.Read(body) : null;
    }

    private string PlaceOf(string path, Stretch stretch)
    {
        var file = new FileInfo(path);
        var identity = FormattableString.Invariant(
            $"{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0{stretch.StartMs}\0{stretch.EndMs}\0a1");
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return Path.Combine(_directory, name + ".fp");
    }
}
