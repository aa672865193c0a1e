using System.Globalization;
using System.Net;
using System.Xml;

namespace Anarchive.Node;

/// <summary>Something an indexer knows that might stand for a dead torrent.</summary>
/// <param name="InfoHash">40 digits in lower case; null where the indexer does not tell.</param>
/// <param name="SizeBytes">0 where it does not tell.</param>
public sealed record TorznabHit(string Title, string? InfoHash, long SizeBytes, int Seeders);

/// <summary>Searches the indexer that the owner typed, by Torznab (RSS 2.0 with attributes of its own).</summary>
/// <remarks>
/// The address may be private, at exactly that host and port. Redirects are not followed, and of an answer at most
/// 4 MiB are read, without document types.
/// </remarks>
public sealed class TorznabClient : IDisposable
{
    private const int AnswerBytesMax = 4 * 1024 * 1024;
    private const int HitsMax = 100;
    private const int TitleCharsMax = 300;

    private static readonly TimeSpan AnswerFor = TimeSpan.FromSeconds(20);

    private readonly NodeOptions _options;
    private readonly HttpClient _http;

    public TorznabClient(NodeOptions options, DialGuard guard)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = (context, cancellation) =>
                guard.ConnectAsync(DialScope.Typed, context.DnsEndPoint, cancellation),
        })
        {
            Timeout = AnswerFor,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    /// <summary>At most 100, in the indexer's order.</summary>
    /// <exception cref="CarrierException">
    /// <c>no_indexer</c>, <c>indexer_unreachable</c>, or <c>indexer_refused</c> for any answer but a list.
    /// </exception>
    public async Task<IReadOnlyList<TorznabHit>> SearchAsync(string text, CancellationToken cancellation)
    {
        if (_options.Torznab is not { } typed)
            throw new CarrierException("no_indexer", "No Torznab indexer is set: fleet.torznab.");
        try
        {
            using var answer = await _http.GetAsync(Query(new Uri(typed), text), cancellation);
            if (answer.StatusCode != HttpStatusCode.OK) throw Refused(null);
            return Read(await answer.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (HttpRequestException gone)
        {
            throw Unreachable(gone);
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(slow);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads an answer's list.</summary>
    /// <exception cref="CarrierException"><c>indexer_refused</c></exception>
    internal static IReadOnlyList<TorznabHit> Read(byte[] body)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), settings);
            reader.MoveToContent();
            // An error is a document of its own.
            if (reader.LocalName != "rss") throw Refused(null);
            var hits = new List<TorznabHit>();
            while (hits.Count < HitsMax && reader.ReadToFollowing("item"))
            {
                using var item = reader.ReadSubtree();
                hits.Add(ReadItem(item));
            }

            return hits;
        }
        catch (XmlException bent)
        {
            throw Refused(bent);
        }
    }

    private static TorznabHit ReadItem(XmlReader item)
    {
        var hit = new TorznabHit("", null, 0, 0);
        string? within = null;
        while (item.Read())
        {
            if (item.NodeType == XmlNodeType.Element)
            {
                within = item.LocalName;
                if (within == "attr") hit = With(hit, item.GetAttribute("name"), item.GetAttribute("value") ?? "");
            }
            else if (item.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                hit = With(hit, within, item.Value);
            }
        }

        return hit;
    }

    private static TorznabHit With(TorznabHit hit, string? name, string value) => name switch
    {
        "title" => hit with { Title = value.Length > TitleCharsMax ? value[..TitleCharsMax] : value },
        "size" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) =>
            hit with { SizeBytes = size },
        "seeders" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seeders) =>
            hit with { Seeders = seeders },
        "infohash" when Hash160.TryParse(value.ToLowerInvariant(), out var ih) =>
            hit with { InfoHash = ih.ToString() },
        _ => hit,
    };

    private static Uri Query(Uri typed, string text)
    {
        var own = typed.Query.TrimStart('?');
        return new UriBuilder(typed)
        {
            Query = (own.Length == 0 ? "" : own + "&") + "t=search&q=" + Uri.EscapeDataString(text),
        }.Uri;
    }

    private static CarrierException Refused(Exception? cause) => new(
        "indexer_refused", "The indexer gave another answer than a list: look at its address and key.", cause);

    private static CarrierException Unreachable(Exception cause) =>
        new("indexer_unreachable", "The indexer does not answer.", cause);
}
