using Anarchive.Node;

namespace Anarchive.Web;

// What a person typed, so that a refused form keeps it and shows the reason beside the fields.

/// <summary>A new hive.</summary>
public sealed record HiveFields(
    string Name = "", string Title = "", string Description = "", string VotePrivacy = "pseudonymous",
    Problem? Problem = null);

/// <summary>A pasted invite.</summary>
public sealed record JoinFields(string Invite = "", string Name = "", Problem? Problem = null);

/// <summary>A new or changed post.</summary>
public sealed record PostFields(string Title = "", string Content = "", string Url = "", Problem? Problem = null);

/// <summary>A new or changed comment.</summary>
public sealed record CommentFields(string Content = "", Problem? Problem = null);
