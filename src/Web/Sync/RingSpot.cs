using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Where a peer, its bead and its label stand in the picture of the rings.</summary>
public sealed record RingSpot(
    PeerView Peer, int X, int Y, int BeadX, int BeadY, int LabelX, int LabelY, string Anchor)
{
    public const int Width = 720;
    public const int Height = 400;
    public const int CentreX = Width / 2;
    public const int CentreY = Height / 2;

    /// <summary>Labels of more peers would touch.</summary>
    public const int PeersMax = 24;

    /// <summary>Straight up, where each ring has its name.</summary>
    private const double Top = 0.75;

    /// <summary>Of a turn: nobody stands so near the top that a name or a line would touch a ring's name.</summary>
    private const double Free = 0.24;

    /// <summary>Not half of it, or a single peer would stand straight below.</summary>
    private const double FirstShare = 0.4;

    /// <summary>The name of a ring stands within its upper edge, at the middle.</summary>
    public const int RingNameDown = 17;

    public static IReadOnlyList<(string Name, int X, int Y)> Rings { get; } =
        [("network", 300, 190), ("members", 235, 150), ("friends", 160, 100), ("fleet", 90, 54)];

    /// <summary>Midway between a ring's edge and the next one within.</summary>
    private static (double X, double Y) RadiusOf(string ring) => ring switch
    {
        "fleet" => (58, 36),
        "friends" => (128, 78),
        _ => (202, 124),
    };

    /// <summary>Each peer keeps its angle while the set of peers stays the same, whatever its state.</summary>
    public static IReadOnlyList<RingSpot> Of(IReadOnlyList<PeerView> peers)
    {
        var shown = peers.OrderBy(peer => peer.Id).Take(PeersMax).ToList();
        return [.. shown.Select((peer, at) =>
            Place(peer, Top + (Free / 2) + ((1 - Free) * (at + FirstShare) / shown.Count)))];
    }

    /// <summary>How far along the line the bead is: at the peer when in step, on a log scale before it.</summary>
    public static double Along(PeerView peer) => peer.State switch
    {
        PeerState.InStep => 1,
        PeerState.OutOfReach => 0.62,
        _ => 0.85 - Math.Min(0.5, Math.Log10(1 + peer.BehindBy + peer.AheadBy) / 12),
    };

    private static RingSpot Place(PeerView peer, double turn)
    {
        var (sin, cos) = Math.SinCos(turn * 2 * Math.PI);
        var radius = RadiusOf(peer.Ring);
        var (x, y, along) = (cos * radius.X, sin * radius.Y, Along(peer));
        // The label stands outside, so that no line crosses it.
        var anchor = Math.Abs(cos) < 0.2 ? "middle" : cos < 0 ? "end" : "start";
        var (aside, down) = anchor == "middle" ? (0, sin < 0 ? -16 : 26) : (cos < 0 ? -14 : 14, 5);
        return new RingSpot(
            peer, CentreX + (int)x, CentreY + (int)y, CentreX + (int)(x * along), CentreY + (int)(y * along),
            CentreX + (int)x + aside, CentreY + (int)y + down, anchor);
    }
}
