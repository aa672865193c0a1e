using System.Collections.Frozen;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Every bound of Fleet's payloads.</summary>
public static class FleetLimits
{
    /// <summary>Rows of one event.</summary>
    public const int RowsMax = 500;

    /// <summary>Characters of a name.</summary>
    public const int NameCharsMax = 64;

    /// <summary>Services or flags of a device.</summary>
    public const int WordsMax = 16;

    public const int WordCharsMax = 32;

    /// <summary>Volumes of a device.</summary>
    public const int VolumesMax = 64;

    /// <summary>Characters of a DNS name (RFC 1035).</summary>
    public const int HostCharsMax = 253;

    /// <summary>More copies than a household has devices for.</summary>
    public const int CopiesMax = 64;

    /// <summary>The smallest piece (BEP 52).</summary>
    public const int PieceLengthMin = 16 * 1024;

    /// <summary>Challenges in a row; then all of it is hashed again.</summary>
    public const int ChallengesMax = 3;

    /// <summary>A day, in seconds: no lock lasts longer.</summary>
    public const int LockSecondsMax = 24 * 3600;

    /// <summary>A day, in milliseconds: no film lasts longer.</summary>
    public const long FilmMsMax = 24 * 3600 * 1000;

    /// <summary>Exact as a JSON number.</summary>
    public const long NumberMax = Limits.SeqMax;

    /// <summary>The duties that there are.</summary>
    public static IReadOnlySet<string> Duties { get; } = new[]
    {
        "custodian", "baton", "public_swarm_face", "broadcast_host", "prober", "edition_seeder", "research",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>How a device may be reached for bytes.</summary>
    public static IReadOnlySet<string> Transports { get; } =
        new[] { "http", "rsync", "bt" }.ToFrozenSet(StringComparer.Ordinal);
}
