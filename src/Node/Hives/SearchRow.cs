namespace Anarchive.Node;

/// <summary>
/// The row number of a text in the search index: the chain's number above 40 bits of seq. A chain would take centuries
/// to pass 2^40 events, and a database to number 2^23 chains.
/// </summary>
internal static class SearchRow
{
    private const int SeqBits = 40;

    public static long Of(long chain, long seq) => (chain << SeqBits) | seq;

    public static (long Chain, long Seq) Parse(long row) => (row >> SeqBits, row & ((1L << SeqBits) - 1));
}
