using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// The file <c>.anarchive/volume</c> in a volume's root: its UUID as 32 hex digits and a line end. A root without it,
/// or with another's, is an absent volume and never an empty one: a disk that is not plugged in leaves an empty folder.
/// </summary>
internal static class VolumeMarker
{
    /// <summary>Of this program, in each volume's root; nothing in it is an item.</summary>
    public const string Folder = ".anarchive";

    private const string Name = "volume";
    private const int TextChars = 32;

    // A version 4 UUID (RFC 9562, section 5.4): 122 random bits.
    private static readonly UInt128 Fixed = ((UInt128)0xF000UL << 64) | ((UInt128)0xC0UL << 56);
    private static readonly UInt128 Version = ((UInt128)0x4000UL << 64) | ((UInt128)0x80UL << 56);

    /// <summary>For a volume that has none yet.</summary>
    public static VolumeId NewId()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return new VolumeId((BinaryPrimitives.ReadUInt128BigEndian(random) & ~Fixed) | Version);
    }

    /// <summary>Makes one where there is none; durable when it returns.</summary>
    /// <exception cref="IOException">There is one, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static VolumeId Create(string root)
    {
        var id = NewId();
        var folder = Path.Combine(root, Folder);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DurableFile.SyncDirectory(root);
        }

        DurableFile.Create(Path.Combine(folder, Name), Encoding.ASCII.GetBytes(id + "\n"));
        return id;
    }

    /// <summary>The volume in that root; null, and why as a code, where none can be told.</summary>
    public static VolumeId? Read(string root, out string? cause)
    {
        cause = null;
        try
        {
            if (FileStat.Of(root) is not { IsDirectory: true }) cause = VolumeAbsence.RootMissing;
            else if (FileStat.Of(Path.Combine(root, Folder)) is not { IsDirectory: true }
                || FileStat.Of(Path.Combine(root, Folder, Name)) is not { IsFile: true, SizeBytes: TextChars + 1 })
                cause = VolumeAbsence.MarkerMissing;
            if (cause is not null) return null;
            var text = File.ReadAllText(Path.Combine(root, Folder, Name), Encoding.ASCII);
            if (VolumeId.TryParse(text.TrimEnd('\n'), out var id)) return id;
            cause = VolumeAbsence.MarkerOther;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            cause = VolumeAbsence.Unreadable;
        }

        return null;
    }
}

/// <summary>Why a volume, or a folder in it, is not believed to be there; none of them is a deletion.</summary>
public static class VolumeAbsence
{
    /// <summary>Nothing is where the volume was.</summary>
    public const string RootMissing = "volume_root_missing";

    /// <summary>The folder is there without its marker: a disk that is not plugged in.</summary>
    public const string MarkerMissing = "volume_marker_missing";

    /// <summary>Another volume is there.</summary>
    public const string MarkerOther = "volume_marker_other";

    /// <summary>It cannot be read.</summary>
    public const string Unreadable = "volume_unreadable";

    /// <summary>A watched folder is not there any more.</summary>
    public const string FolderMissing = "folder_missing";

    /// <summary>A watched folder that held files lists none.</summary>
    public const string FolderEmpty = "folder_empty";

    /// <summary>A part of a watched folder cannot be read.</summary>
    public const string FolderUnreadable = "folder_unreadable";

    /// <summary>Too much went at once; nothing goes before the owner says so.</summary>
    public const string Frozen = "breaker_frozen";
}
