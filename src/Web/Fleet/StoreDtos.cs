namespace Anarchive.Web;

/// <summary>A volume of this device; the folder is told to its owner alone.</summary>
/// <param name="Absence">Why it is not there, or lets nothing go, as a code.</param>
public sealed record VolumeDto(
    string Volume, string Name, string Folder, bool Present, string? Absence, long Free, long Capacity, long Reserve,
    IReadOnlyList<string> Watched);

/// <summary>A folder that becomes a volume.</summary>
/// <param name="Reserve">Bytes that stay free; left out for 5 %, and at least 10 GB.</param>
public sealed record VolumeRequest(string Folder, string Name, long? Reserve = null);

/// <summary>Where a volume is now, or a folder of one to be watched.</summary>
public sealed record VolumeFolderRequest(string Folder);

/// <summary>A volume, or a watched folder of one, that this device is to vouch for no more.</summary>
/// <param name="Folder">As it is watched, from the volume's root; left out for the whole volume.</param>
/// <param name="Apply">The plan id of the dry run; it is only told without.</param>
public sealed record VolumeRemoveRequest(string? Folder = null, string? Apply = null);

/// <param name="LetGo">What is missing is gone, however much it is.</param>
public sealed record ScanRequest(bool LetGo);

/// <summary>What this device has of its own files.</summary>
/// <param name="Hashing">Files whose first hash is to be made, with bytes, and bytes done of them.</param>
public sealed record StoreDto(IReadOnlyList<VolumeDto> Volumes, long Items, HashingDto Hashing);

public sealed record HashingDto(long Files, long Bytes, long Done);

/// <summary>How a volume looked at a scan.</summary>
public sealed record ScanDto(string Volume, string? Absence, int Files, int Fresh, int Moved, int Gone);

/// <summary>A copy that is to come here; volume and source may be left out.</summary>
public sealed record CopyRequest(string Item, string? Volume = null, string? Source = null);

/// <summary>A copy that was asked for, and why its last try came to nothing.</summary>
public sealed record CopyDto(string Item, string Volume, string State, string? Code, long Bytes, long Of);

/// <summary>How a device is reached by ssh; key and known hosts are files of this machine.</summary>
public sealed record SshRequest(string Device, string User, string Host, int Port, string Key, string KnownHosts);

/// <summary>The words of ssh that a restricted key asked to have run.</summary>
public sealed record ServeCopyRequest(string Command);

/// <summary>What may be run instead, in a folder where the name is a link to the file.</summary>
public sealed record ServeCopyDto(string File, string Name, IReadOnlyList<string> Arguments);
