using System.Globalization;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Reads one group from a node that serves it; what comes is not checked yet.</summary>
/// <param name="http">The connections to that node.</param>
/// <param name="address">Under which it serves the group, without a slash at the end.</param>
/// <param name="group">The group that is served there.</param>
/// <param name="token">Null where none is needed.</param>
/// <remarks>Every call throws <see cref="PeerException"/> for anything but a well-formed answer in time.</remarks>
public sealed class GroupClient(PeerHttp http, string address, GroupId group, string? token)
{
    public GroupId Group => group;

    public Task<StatusReply> StatusAsync(CancellationToken cancellation) => http.ExchangeAsync(
        new HttpRequestMessage(HttpMethod.Get, At("/status")), token, SyncJson.Default.StatusReply, cancellation);

    /// <summary>What anybody may know of a hive that may be followed.</summary>
    public Task<PublicReply> PublicAsync(CancellationToken cancellation) => http.ExchangeAsync(
        new HttpRequestMessage(HttpMethod.Get, At("/status")), token, SyncJson.Default.PublicReply, cancellation);

    /// <exception cref="PeerException">With the edition to begin with, where that node's log begins later.</exception>
    public Task<IReadOnlyList<Batch>> PullAsync(
        IReadOnlyList<Want> wants, int eventsMax, int bytesMax, CancellationToken cancellation)
    {
        var query = new StringBuilder("/events?");
        foreach (var (chain, after) in wants) query.Append("want=").Append(Wire.Place(chain, after)).Append('&');
        query.Append(CultureInfo.InvariantCulture, $"events={eventsMax}&bytes={bytesMax}");
        // Credit counts what the peer may begin: the batch that crosses the byte bound is its last.
        return http.FetchBatchesAsync(
            At(query.ToString()), token, eventsMax, bytesMax + Limits.BatchBytesMax, cancellation);
    }

    public Task<IReadOnlyList<Batch>> PullAsync(Effect.Pull pull, CancellationToken cancellation) =>
        PullAsync(pull.Wants, pull.EventsMax, pull.BytesMax, cancellation);

    /// <summary>Fetches the runs that begin with these events, whose payloads are owed here.</summary>
    public Task<IReadOnlyList<Batch>> OwedAsync(IReadOnlyList<Position> places, CancellationToken cancellation)
    {
        var query = string.Join('&', places.Select(p => "only=" + Wire.Place(p.Chain, p.Seq)));
        return http.FetchBatchesAsync(
            At("/events?" + query),
            token,
            Limits.CreditEvents,
            Limits.CreditBytes + Limits.BatchBytesMax,
            cancellation);
    }

    /// <summary>Null when what came is not a proof.</summary>
    public async Task<ForkProof?> ProofAsync(ChainId chain, long seq, CancellationToken cancellation) =>
        ForkProof.TryRead(await http.FetchAsync(
            At("/status?proof=" + Wire.Place(chain, seq)), token, cancellation));

    /// <summary>An edition's seal; null where it is not that edition's.</summary>
    public async Task<EditionSeal?> SealAsync(Hash256 edition, CancellationToken cancellation)
    {
        var line = await http.FetchAsync(At($"/editions/{Text(edition)}/seal"), token, cancellation);
        return EditionSeal.TryRead(line.Span) is { } seal && seal.Name == edition ? seal : null;
    }

    /// <summary>
    /// Parts of an edition that lie side by side, not checked yet, each handed over as soon as it is whole.
    /// </summary>
    public Task EditionAsync(
        Hash256 edition, long offset, IReadOnlyList<int> lengths, Func<int, ReadOnlyMemory<byte>, bool> take,
        CancellationToken cancellation) =>
        http.FetchPartsAsync(At($"/editions/{Text(edition)}"), token, offset, lengths, take, cancellation);

    private Uri At(string path) => new(address + path);

    private static string Text(Hash256 edition) => Base64UrlText.Encode(edition.ToArray());
}
