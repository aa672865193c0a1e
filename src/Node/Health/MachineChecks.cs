namespace Anarchive.Node;

/// <summary>What the machine provides: time, libraries, room.</summary>
public static class MachineChecks
{
    // This version was not out before then; a clock that says so parks every event at its peers.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Finding Clock(DateTimeOffset now) => now >= Earliest
        ? Finding.Ok("clock", $"{now:yyyy-MM-dd HH:mm} UTC")
        : Finding.Problem("clock", $"The clock says {now:yyyy-MM-dd}.", "Set the clock, or let NTP set it.");

    public static Finding Sodium()
    {
        try
        {
            if (!SodiumSelfTest.Passes())
                return Finding.Problem("libsodium", "It fails its known answers.", "Install another libsodium.");
            return SodiumSelfTest.IsSystemLibrary
                ? Finding.Ok("libsodium", "the system's library; it signs and verifies")
                : Finding.Advice(
                    "libsodium", "The one the program brought along signs and verifies; nobody patches it.",
                    "apt-get install libsodium23");
        }
        catch (DllNotFoundException)
        {
            return Finding.Problem("libsodium", "It is not installed.", "apt-get install libsodium23");
        }
    }

    public static Finding Sqlite()
    {
        try
        {
            return NativeSqlite.IsSystemLibrary
                ? Finding.Ok("sqlite", $"the system's library, {Database.LibraryVersion}")
                : Finding.Advice(
                    "sqlite", $"A bundled library, {Database.LibraryVersion}: nobody patches it.",
                    "apt-get install libsqlite3-0");
        }
        catch (StartRefusedException)
        {
            return Finding.Problem(
                "sqlite", "Install SQLite 3.31 or newer (package libsqlite3-0).", "apt-get install libsqlite3-0");
        }
    }

    public static Finding OpenSsl() => SystemLibraries.HasOpenSsl
        ? Finding.Ok("openssl", "the system's library")
        : Finding.Advice(
            "openssl", "The one the program brought along: nobody patches it.", "apt-get install libssl3");

    public static Finding Disk(string home)
    {
        var free = DiskSpace.FreeBytes(home);
        Sentence says = $"{free / (1024 * 1024)} MB free";
        return free >= DiskSpace.LowBytes
            ? Finding.Ok("disk", says)
            : Finding.Problem("disk", says, "Make room: a full disk stops the node.");
    }
}
