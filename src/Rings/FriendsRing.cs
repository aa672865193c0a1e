namespace Anarchive.Rings;

/// <summary>Who is served a group of the friends ring. A rule of this program, and no setting.</summary>
/// <remarks>
/// Its writers are one owner's devices. A friend of the first degree reads what they wrote and passes it on to nobody:
/// whoever is not a writer serves nothing. This binds the program; a friend can still copy what it saw.
/// </remarks>
public static class FriendsRing
{
    public const string Name = "friends";

    /// <summary>True where this node may exchange such a group with another.</summary>
    /// <param name="writesHere">This node is one of the writers.</param>
    /// <param name="writesThere">The other one is.</param>
    /// <param name="isFriend">The owners of both have paired them as friends.</param>
    /// <param name="agreed">
    /// The owner of this node lets friends read the group, or, where this node is not a writer, wants to read it.
    /// </param>
    public static bool Allows(bool writesHere, bool writesThere, bool isFriend, bool agreed) =>
        (writesHere, writesThere) switch
        {
            (true, true) => true,
            (true, false) or (false, true) => isFriend && agreed,
            (false, false) => false,
        };
}
