namespace Anarchive.Node;

/// <summary>No address that a host stands for may be dialled; nothing was sent anywhere.</summary>
/// <remarks>An <see cref="HttpClient"/> wraps it into an exception of its own, as the inner one.</remarks>
public sealed class DialRefusedException()
    : HttpRequestException("No address of this host may be dialled for whoever named it.");
