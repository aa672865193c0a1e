using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Signs every request that carries a token: a reverse proxy reads it, and may not use it.</summary>
internal sealed class SigningHandler(RequestSigning signing, PublicKey recipient, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not null)
        {
            var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
            signing.Sign(request, body, recipient);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
