using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>Where peers stand in the picture of the rings: wherever that is, the rings' names can be read.</summary>
public sealed class RingSpotTests
{
    /// <summary>Of a letter, by the size of its type; a little more than most are.</summary>
    private const double LetterWidth = 0.56;

    /// <summary>Where a peer is out of step: a circle of this radius.</summary>
    private const double Dot = 7.5;

    private static readonly string[] Rings = ["fleet", "friends", "members"];

    /// <summary>The longest that a ring is called in any language.</summary>
    private static readonly Dictionary<string, int> Letters = new()
    {
        ["fleet"] = "Flotte".Length,
        ["friends"] = "Freunde".Length,
        ["members"] = "Mitglieder".Length,
        ["network"] = "Netzwerk".Length,
    };

    /// <summary>As the style sheet says, on a desktop and on a phone.</summary>
    [Theory]
    [InlineData(13, 15)]
    [InlineData(21, 25)]
    public void No_peer_line_or_name_lies_over_the_name_of_a_ring(int ringType, int peerType)
    {
        for (var count = 1; count <= RingSpot.PeersMax; count++)
            foreach (var ring in Rings.Append("each"))
                foreach (var spot in RingSpot.Of([.. Enumerable.Range(0, count).Select(n => Peer(n, ring))]))
                    foreach (var (name, box) in NamesOfRings(ringType))
                    {
                        var at = $"{count} peers, {spot.Peer.Ring}, over {name}";
                        Assert.False(box.Meets(NameOf(spot, peerType)), at + ": its name");
                        Assert.True(box.Off(spot.X, spot.Y) > Dot, at);
                        for (var part = 0.0; part <= 1; part += 0.01)
                            Assert.False(
                                box.Has(
                                    RingSpot.CentreX + ((spot.X - RingSpot.CentreX) * part),
                                    RingSpot.CentreY + ((spot.Y - RingSpot.CentreY) * part)), at + ": its line");
                    }
    }

    [Fact]
    public void Peers_stand_apart_and_within_the_picture()
    {
        var spots = RingSpot.Of([.. Enumerable.Range(0, RingSpot.PeersMax).Select(n => Peer(n, "members"))]);
        Assert.Equal(RingSpot.PeersMax, spots.Select(s => (s.X, s.Y)).Distinct().Count());
        Assert.All(spots, s => Assert.InRange(s.X, 20, RingSpot.Width - 20));
        Assert.All(spots, s => Assert.InRange(s.Y, 20, RingSpot.Height - 20));
    }

    private static IEnumerable<(string Name, Box Box)> NamesOfRings(int type) => RingSpot.Rings.Select(r => (
        r.Name, Written(RingSpot.CentreX, RingSpot.CentreY - r.Y + RingSpot.RingNameDown, Letters[r.Name], type)));

    private static Box NameOf(RingSpot spot, int type)
    {
        var wide = spot.Peer.Name.Length * type * LetterWidth;
        var middle = spot.Anchor switch
        {
            "start" => spot.LabelX + (wide / 2),
            "end" => spot.LabelX - (wide / 2),
            _ => spot.LabelX,
        };
        return Written(middle, spot.LabelY, spot.Peer.Name.Length, type);
    }

    private static Box Written(double middle, double down, int letters, int type)
    {
        var half = letters * type * LetterWidth / 2;
        return new Box(middle - half, down - (type * 0.75), middle + half, down + (type * 0.2));
    }

    private static PeerView Peer(int n, string ring)
    {
        var id = new byte[32];
        id[0] = (byte)n;
        return new PeerView(
            new NodeId(new Hash256(id)), "attic-nas", null, PeerState.OutOfReach, "", "", 0, 0, null, 0, "", [], [],
            ring == "each" ? Rings[n % Rings.Length] : ring);
    }

    private sealed record Box(double Left, double Top, double Right, double Bottom)
    {
        public bool Meets(Box other) =>
            Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

        /// <summary>How far away a point is.</summary>
        public double Off(double x, double y) =>
            double.Hypot(Math.Max(Math.Max(Left - x, x - Right), 0), Math.Max(Math.Max(Top - y, y - Bottom), 0));

        public bool Has(double x, double y) => x > Left && x < Right && y > Top && y < Bottom;
    }
}
