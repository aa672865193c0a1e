using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Anarchive.Node;

/// <summary>Which bytes of a file a request asks for (RFC 9110, section 14).</summary>
/// <param name="From">The first one.</param>
/// <param name="Length">How many.</param>
/// <param name="IsPart">False where no range was asked for, and the whole is answered.</param>
internal readonly record struct BlobRange(long From, long Length, bool IsPart)
{
    /// <summary>
    /// Null where the range lies outside the file. Several ranges, and what cannot be read, are answered by the whole,
    /// as is a range of a file with another tag.
    /// </summary>
    public static BlobRange? Of(HttpRequest request, long length, string tag)
    {
        var whole = new BlobRange(0, length, IsPart: false);
        if (request.Headers.IfRange is [var expected] && expected != tag) return whole;
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var asked)
            || asked.Unit != "bytes" || asked.Ranges.Count != 1)
            return whole;
        var range = asked.Ranges.First();
        var from = range.From ?? Math.Max(0, length - range.To!.Value);
        var to = Math.Min(range.From is null ? length - 1 : range.To ?? length - 1, length - 1);
        return from > to ? null : new BlobRange(from, to - from + 1, IsPart: true);
    }

    /// <summary>The pieces in which those bytes lie.</summary>
    public IEnumerable<int> PiecesOf(Metainfo what)
    {
        var first = (int)(From / what.PieceLength);
        var last = (int)((From + Length - 1) / what.PieceLength);
        return Enumerable.Range(first, last - first + 1);
    }
}
