using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The system's cryptographic random source; safe from any thread.</summary>
public sealed class SystemRandom : IRandomSource
{
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
