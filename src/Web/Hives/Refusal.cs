using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A refused act on one item, shown beside that item wherever on the page it stands.</summary>
public sealed record Refusal(string Id, Problem Problem);
