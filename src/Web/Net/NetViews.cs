using System.Globalization;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What Net says, as the API shows it. Friends are counted, not named.</summary>
internal static class NetViews
{
    public static PartDto Dto(this PartView part) => new(
        part.Part, part.Own, part.Waiting, part.Friends, part.FromFriends, part.Totals, part.SharedSinceMs,
        [.. part.Subscriptions.Select(Dto)]);

    public static SubscriptionDto Dto(this Subscription s) => new(
        s.Part, s.Trust, s.Edition?.ToString(CultureInfo.InvariantCulture) ?? "latest", s.SourcesMin, s.ConfidenceMin,
        s.Aggregator?.ToString(), s.K);

    /// <summary>Null where edition or aggregator cannot be read.</summary>
    public static Subscription? Read(SubscriptionDto dto)
    {
        long? edition = null;
        if (dto.Edition != "latest")
        {
            var isNumber = long.TryParse(
                dto.Edition, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (!isNumber) return null;
            edition = number;
        }

        NodeId? aggregator = null;
        if (dto.Aggregator is { } text)
        {
            if (!NodeId.TryParse(text, out var node)) return null;
            aggregator = node;
        }

        return new Subscription(dto.Part, dto.Trust, edition, dto.MinSources, dto.MinConfidence, aggregator, dto.K);
    }

    public static MergedDto Dto(this KeyView view, string? codec) => new(
        view.Key, view.DurationMs, [.. view.Markers.Select(Dto)], view.Grouping is { } g
            ? new GroupedDto(g.Work, NetText.Of(g.Kind), g.Season, g.Episodes, g.FilePart)
            : null,
        view.Quality is { } quality ? NetPayloads.Element(quality) : null,
        [.. view.Records.Select(Dto)], [.. view.Totals.Select(SignalApi.Dto)], codec);

    public static RecordDto Dto(this PartRecord record) => new(
        record.Id, record.Part, By(record.IsOwn), record.IsWaiting, NetPayloads.KindOf(record.Observed).Name,
        NetPayloads.Element(record.Observed));

    private static MarkerDto Dto(SlotView slot) => new(
        NetText.Of(slot.Type), slot.N, NetText.Of(slot.Merged.Level), slot.Merged.StartMs, slot.Merged.EndMs,
        slot.Merged.Score,
        [.. slot.Merged.Clusters.Select(c => new ClusterDto(
            c.Score, c.Sources, c.Absent, c.IsVerified, c.IsContradicted, [.. c.Votes.Select(v => Dto(v, null))]))],
        [.. slot.Merged.Left.Select(l => Dto(l.Vote, l.Why))]);

    private static VoteDto Dto(MarkerVote vote, SetAside? why) => new(
        By(vote.Ring == VoterRing.Own), NetText.Of(vote.Method), vote.Weight, vote.Conf, vote.StartMs, vote.Stop,
        vote.DurationMs, vote.Absent, why is { } set ? NetText.Of(set) : null);

    private static string By(bool isOwn) => isOwn ? "you" : "a friend";
}

/// <summary>Words of closed lists, in snake case.</summary>
internal static class NetText
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Null for a word that is none of the list.</summary>
    public static T? TryRead<T>(string? word)
        where T : struct, Enum => Enum.GetValues<T>().Where(v => Of(v) == word).Select(v => (T?)v).FirstOrDefault();
}
