using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Reply of <c>POST /net/v1/blobs/{item}/transfer</c>: the item may be fetched.</summary>
/// <param name="Token">For that item and that caller alone; 32 random bytes.</param>
/// <param name="Name">The file's own, for people: a name and no path.</param>
/// <param name="PieceRoot">With the size it must give the item's id.</param>
internal sealed record TransferReply(string Token, string Name, long Size, int PieceLength, string PieceRoot)
{
    /// <summary>True where it describes that item and no other.</summary>
    public bool Describes(ItemId item) =>
        ItemId.TryParse(PieceRoot, out var root) && Size > 0 && PieceLength <= PieceLengthMax
        && ItemId.Of(Size, root.Value) == item;

    // Each piece is held in memory before it is written.
    private const int PieceLengthMax = 32 * 1024 * 1024;
}

/// <summary><c>POST /net/v1/blobs/{item}/challenge</c>: read these ranges now.</summary>
/// <param name="Ranges">At most 64, of at most 64 MiB together.</param>
internal sealed record ChallengeRequest(string Nonce, IReadOnlyList<RangeMessage> Ranges)
{
    private const int RangesMax = 64;
    private const long BytesMax = 64 * 1024 * 1024;

    /// <summary>The ranges, all of them within the file; null where they are not, or too many.</summary>
    public IReadOnlyList<ByteRange>? Within(long size)
    {
        if (Ranges.Count is 0 or > RangesMax || Ranges.Any(r => r is null)) return null;
        var left = BytesMax;
        foreach (var range in Ranges)
        {
            if (range.From < 0 || range.Length < 1 || range.Length > left || range.From > size - range.Length)
                return null;
            left -= range.Length;
        }

        return [.. Ranges.Select(r => new ByteRange(r.From, r.Length))];
    }
}

internal sealed record RangeMessage(long From, long Length);

/// <summary>What was asked for: SHA-256 over the nonce and the bytes of the ranges, in their order.</summary>
internal sealed record ChallengeReply(string Digest)
{
    public Hash256? Read() => ItemId.TryParse(Digest, out var hash) ? hash.Value : null;
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TransferReply))]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(ChallengeReply))]
internal sealed partial class TransferJson : JsonSerializerContext;
