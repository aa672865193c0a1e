using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What this node shows on encrypted connections: a self-signed P-256 certificate, made once.</summary>
/// <remarks>
/// It names nobody: a stranger who connects learns nothing by it. Each handshake binds it to the node's key, and peers
/// pin its public key from then on. It is no part of a backup: a restored node shows another, and is greeted anew.
/// </remarks>
public sealed class NodeCertificate : IDisposable
{
    // What most certificates of machines without a name say.
    private const string Subject = "CN=localhost";

    // RFC 5280, section 4.1.2.5: no well-defined end. Peers pin the key, and a new one is a handshake away.
    private static readonly DateTimeOffset Since = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private NodeCertificate(X509Certificate2 certificate) =>
        (Certificate, KeyHash) = (certificate, HashOf(certificate));

    public X509Certificate2 Certificate { get; }

    /// <summary>What handshakes sign and peers pin.</summary>
    public Hash256 KeyHash { get; }

    /// <summary>SHA-256 over a certificate's SubjectPublicKeyInfo (RFC 5280).</summary>
    public static Hash256 HashOf(X509Certificate2 certificate) =>
        Hash256.Sha256(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Reads the certificate, or makes it; one that cannot be read gives way to a new one.</summary>
    public static NodeCertificate Open(DataDirectory directory)
    {
        var path = Path.Combine(directory.KeyDirectory, "tls.pem");
        if (File.Exists(path) && TryRead(File.ReadAllText(path)) is { } kept) return new NodeCertificate(kept);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(Since, Until);
        var text = $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(text));
        return new NodeCertificate(
            TryRead(text) ?? throw new InvalidOperationException("A certificate just made cannot be read."));
    }

    public void Dispose() => Certificate.Dispose();

    private static X509Certificate2? TryRead(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception damaged) when (damaged is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
