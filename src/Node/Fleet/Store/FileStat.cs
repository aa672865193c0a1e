using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <summary>What the file system says of a name, links not followed.</summary>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Which file of that file system; it keeps it through a rename.</param>
/// <param name="ModifiedNs">When it was last written to; Unix nanoseconds.</param>
/// <param name="Links">Names that it has on its file system.</param>
internal readonly partial record struct FileStat(
    long Device, long Inode, long SizeBytes, long ModifiedNs, long Links, bool IsFile, bool IsDirectory)
{
    // statx(2); its structure is the same on every architecture.
    private const int AtWorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int StructBytes = 256;
    private const int LinksAt = 16;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int SizeAt = 40;
    private const int ModifiedAt = 112;
    private const int DeviceAt = 136;
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int RegularType = 0x8000;
    private const int NoEntry = 2;
    private const int NoDirectory = 20;
    private const int NameTooLong = 36;

    /// <summary>True where both are one file that was not written to in between.</summary>
    public bool IsSameAs(FileStat other) =>
        IsFile && other.IsFile && Device == other.Device && Inode == other.Inode && SizeBytes == other.SizeBytes
        && ModifiedNs == other.ModifiedNs;

    /// <summary>Null where nothing has that name.</summary>
    /// <exception cref="IOException">The file system does not say: no permission, or the disk is broken.</exception>
    public static FileStat? Of(string path)
    {
        // The system would read the path to there, and tell of another file.
        if (path.Contains('\0')) return null;
        Span<byte> stat = stackalloc byte[StructBytes];
        if (Statx(AtWorkingDirectory, path, NoFollow, BasicStats, stat) != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            if (code is NoEntry or NoDirectory or NameTooLong) return null;
            // Without the path: whoever logs this must not tell it.
            throw new IOException("A file's state cannot be read.", new Win32Exception(code));
        }

        var type = BinaryPrimitives.ReadUInt16LittleEndian(stat[ModeAt..]) & TypeMask;
        return new FileStat(
            BinaryPrimitives.ReadInt64LittleEndian(stat[DeviceAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[InodeAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[SizeAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[ModifiedAt..]) * 1_000_000_000
            + BinaryPrimitives.ReadInt32LittleEndian(stat[(ModifiedAt + sizeof(long))..]),
            BinaryPrimitives.ReadUInt32LittleEndian(stat[LinksAt..]),
            type == RegularType,
            type == DirectoryType);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> stat);
}
