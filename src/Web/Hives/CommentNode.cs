using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A comment with its replies, as a page nests them.</summary>
public sealed record CommentNode(CommentView Comment, List<CommentNode> Replies)
{
    /// <summary>Deeper replies stay flat, so that words keep room on a phone and no page nests without bound.</summary>
    public const int DepthMax = 8;

    public int Below => Replies.Sum(reply => 1 + reply.Below);

    /// <summary>Nests comments in tree order. A page may start in the middle of a thread.</summary>
    public static IReadOnlyList<CommentNode> Grow(IReadOnlyList<CommentView> comments)
    {
        var roots = new List<CommentNode>();
        var path = new List<CommentNode>();
        foreach (var comment in comments)
        {
            while (path.Count > 0 && (path[^1].Comment.Depth >= comment.Depth || path.Count >= DepthMax))
                path.RemoveAt(path.Count - 1);
            var node = new CommentNode(comment, []);
            (path.Count == 0 ? roots : path[^1].Replies).Add(node);
            path.Add(node);
        }

        return roots;
    }
}
