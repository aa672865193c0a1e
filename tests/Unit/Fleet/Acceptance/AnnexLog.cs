using System.Globalization;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>One line of a git-annex location log: at that time, that repository had the key, or no longer.</summary>
/// <param name="Time">Seconds since 1970 with up to nine digits behind the point; an <c>s</c> may follow.</param>
internal sealed record AnnexLine(string Key, string Time, bool IsPresent, string Repository)
{
    /// <summary>Milliseconds; the counter keeps the order within one.</summary>
    public Hlc Hlc
    {
        get
        {
            var parts = Time.TrimEnd('s').Split('.');
            var seconds = long.Parse(parts[0], CultureInfo.InvariantCulture);
            var nanos = parts.Length == 1
                ? 0
                : long.Parse(parts[1].PadRight(9, '0'), CultureInfo.InvariantCulture);
            var milliseconds = seconds * 1000 + nanos / 1_000_000;
            return new Hlc(((ulong)milliseconds << 16) | (ulong)(nanos % 1_000_000 / 16));
        }
    }
}

/// <summary>Location logs told to a fleet as its own registers of holdings.</summary>
internal static class AnnexFleet
{
    public static VolumeId Volume { get; } = Sample.Volume(1);

    public static ItemId ItemOf(string key) => new(Hash256.Sha256(Encoding.UTF8.GetBytes(key)));

    /// <summary>What the fold writes for a holding that the repository's node tells at that time.</summary>
    public static RegisterWrite WriteOf(AnnexLine line, FleetWriter repository)
    {
        var payload = FleetPayloads.Write(
            new HoldingsSet(
                repository.Device, Volume,
                [
                    new HoldingRow(
                        ItemOf(line.Key), 1, line.IsPresent ? HoldingState.Present : HoldingState.Gone,
                        Evidence.Claimed),
                ]),
            out _)!;
        var content = new Payload(new byte[Limits.SaltBytes], payload);
        var header = EventHeader.Write(new EventFields
        {
            Kind = FleetApp.HoldingsSet,
            Group = new GroupId(Sample.Hash(1)),
            Chain = repository.Chain,
            Seq = 2,
            Prev = default,
            Hlc = line.Hlc,
            PayloadLength = payload.Length,
            PayloadHash = content.Hash(),
        });
        var read = FleetPayloads.ReadPayload(header.Kind, payload);
        return FleetFold.Writes(new VerifiedEvent(header.EffectiveGroup, new Event(header, content), read)).Single();
    }

    /// <summary>Skips the test where the data is not beside the checkout.</summary>
    public static string Need(string file)
    {
        var path = Path.Combine(Checkout.Root, "..", "shared", "data", "fleet", "git-annex", file);
        if (!File.Exists(path)) Assert.Skip($"../shared/data/fleet/git-annex/{file} is not beside the checkout.");
        return path;
    }
}
