namespace Anarchive.Fleet;

/// <summary>The duties of a fleet, as an override names them.</summary>
public static class DutyNames
{
    public const string Custodian = "custodian";
    public const string Baton = "baton";
    public const string PublicSwarmFace = "public_swarm_face";
    public const string BroadcastHost = "broadcast_host";
    public const string Prober = "prober";
    public const string EditionSeeder = "edition_seeder";
    public const string Research = "research";

    /// <summary>The subject of a duty that the fleet has once.</summary>
    public const string WholeFleet = "fleet";
}
