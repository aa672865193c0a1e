using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Anarchive.Web;

/// <summary>By this secret the command line proves that it may read the data directory. One file, mode 0600.</summary>
public sealed class OwnerToken
{
    public const string FileName = "api.token";

    private readonly byte[] _hash;

    private OwnerToken(string token) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Reads the token, or creates it on the first start.</summary>
    public static OwnerToken In(string directory)
    {
        PrivateFile.MakeDirectory(directory);
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: >= 43 } kept) return new OwnerToken(kept);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        PrivateFile.Write(path, token + "\n");
        return new OwnerToken(token);
    }

    /// <summary>True when the presented token is this one; takes the same time for any wrong token.</summary>
    public bool Matches(string presented) =>
        CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(presented)));
}
