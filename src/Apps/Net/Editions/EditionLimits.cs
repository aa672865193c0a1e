namespace Anarchive.Net;

/// <summary>Bounds of editions. Equal on every node.</summary>
public static class EditionLimits
{
    /// <summary>Chains of a group: devices and their incarnations. Keeps a manifest below 64 KiB.</summary>
    public const int CutsMax = 200;

    /// <summary>A theme's payload and its order.</summary>
    public const int RowBytesMax = NetPayloads.ThemeBytesMax + 128;

    /// <summary>Fewer fleets could be told apart by who they are not.</summary>
    public const int KMin = 5;

    /// <summary>The largest number that rows state.</summary>
    public const int KMax = 100;

    public const int SourcesMax = 1_000_000;

    /// <summary>Hours from creation to expiry: a year. A reader cut off for longer should know.</summary>
    public const long LifeHoursMax = 366 * 24;

    /// <summary>A publisher's clock may be ahead by this many hours.</summary>
    public const long ClockAheadHours = 24;

    /// <summary>Manifests from one edition to the one before that is here: more than a lifetime of weeks.</summary>
    public const int ChainMax = 5_000;

    private const long Mebi = 1024 * 1024;

    /// <summary>Of an edition's file, in bytes.</summary>
    public static long FileBytesMax(EditionRing ring) => ring == EditionRing.Friends ? 200 * Mebi : 50 * Mebi;

    /// <summary>Of what the file expands to, in bytes.</summary>
    public static long RawBytesMax(EditionRing ring) => ring == EditionRing.Friends ? 1024 * Mebi : 256 * Mebi;
}
