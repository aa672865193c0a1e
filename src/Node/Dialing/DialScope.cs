namespace Anarchive.Node;

/// <summary>Who named an address, which decides where a connection to it may go.</summary>
public enum DialScope
{
    /// <summary>Somebody else did: global unicast addresses only.</summary>
    Learned,

    /// <summary>A peer on this machine did, which shares nothing with others: loopback only.</summary>
    ThisMachine,

    /// <summary>The owner typed it: anywhere, at exactly that host and port.</summary>
    Typed,
}
