using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>A rung that waits for its owner's word.</summary>
public sealed record ReaperProposal(string InfoHash, Rung Rung);

/// <summary>What the reaper would do in an epoch if it were told to.</summary>
/// <param name="Id">Of the epoch and the proposals alone: who applies it gets what was shown, or nothing.</param>
public sealed record ReaperPlan(Hash256 Id, Epoch Epoch, IReadOnlyList<ReaperProposal> Proposals)
{
    /// <summary>A plan older than so many epochs is not applied.</summary>
    public const int EpochsMax = 4;

    private static ReadOnlySpan<byte> Domain => "anarchive/v1/reaper\0"u8;

    /// <summary>The plan of those proposals, in the order of hash and rung.</summary>
    public static ReaperPlan Of(Epoch epoch, IEnumerable<ReaperProposal> proposals)
    {
        ReaperProposal[] sorted =
        [
            .. proposals.OrderBy(p => p.InfoHash, StringComparer.Ordinal).ThenBy(p => p.Rung),
        ];
        var text = new StringBuilder();
        foreach (var one in sorted) text.Append(CultureInfo.InvariantCulture, $"{one.InfoHash} {one.Rung}\n");
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, epoch.Number);
        byte[] content = [.. number, .. Encoding.ASCII.GetBytes(text.ToString())];
        return new ReaperPlan(Hash256.Sha256(Domain, content), epoch, sorted);
    }

    /// <summary>True where a plan of that epoch may still be applied.</summary>
    public static bool IsCurrent(Epoch epoch, Epoch now) =>
        epoch.Number <= now.Number && now.Number - epoch.Number <= EpochsMax;
}
