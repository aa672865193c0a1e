using System.Globalization;
using System.Text.RegularExpressions;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>How a device is reached by ssh.</summary>
/// <param name="Key">The file of the private key that its <c>authorized_keys</c> restricts to one command.</param>
/// <param name="KnownHosts">The file with its host key: a host that shows another is not spoken to.</param>
public sealed partial record SshWay(string User, string Host, int Port, string Key, string KnownHosts)
{
    /// <summary>
    /// True where neither ssh nor rsync can take any of it for an option or for several words: rsync splits the line
    /// that starts ssh at blanks.
    /// </summary>
    public bool IsSafe =>
        Name().IsMatch(User) && (Name().IsMatch(Host) || IsIpV6) && Port is > 0 and < 65536
        && new[] { Key, KnownHosts }.All(f => Path.IsPathRooted(f) && Plain().IsMatch(f));

    private bool IsIpV6 => System.Net.IPAddress.TryParse(Host, out var ip)
        && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    /// <summary>What rsync is told to start: it asks no question, and reads none of the user's own settings.</summary>
    internal string Command => string.Create(
        CultureInfo.InvariantCulture,
        $"ssh -F none -p {Port} -i {Key} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes "
        + $"-o UserKnownHostsFile={KnownHosts} -o GlobalKnownHostsFile=none -o ConnectTimeout=10 "
        + $"-o ServerAliveInterval=15 -o ServerAliveCountMax=2 -o ClearAllForwardings=yes");

    /// <summary>What rsync reads there.</summary>
    internal string Source(string what) => $"{User}@{(IsIpV6 ? $"[{Host}]" : Host)}:{what}";

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9_./+@=-]+\z")]
    private static partial Regex Plain();
}

/// <summary>By what ways the owner lets copies come by ssh; kept on this device alone.</summary>
public sealed class SshBook(Database database, LogWriter writer)
{
    public SshWay? Find(NodeId device)
    {
        using var db = database.OpenReader();
        return db.Query<(string User, string Host, long Port, string Key, string KnownHosts)>(
            "SELECT login, host, port, key_file, known_hosts FROM store_ssh WHERE device = @device",
            new { device = device.Value.ToArray() })
            .Select(r => new SshWay(r.User, r.Host, (int)r.Port, r.Key, r.KnownHosts)).FirstOrDefault();
    }

    /// <summary>Durable when it returns.</summary>
    /// <returns><c>bad_ssh_way</c>; null where it was taken.</returns>
    public async Task<Problem?> SetAsync(NodeId device, SshWay way, CancellationToken cancellation)
    {
        if (!way.IsSafe)
            return new Problem(
                "bad_ssh_way", 400, "User and host are plain names; files are whole paths without blanks.");
        await writer.OnWriterAsync(
            db => db.Execute(
                """
                INSERT OR REPLACE INTO store_ssh (device, login, host, port, key_file, known_hosts)
                VALUES (@device, @User, @Host, @Port, @Key, @KnownHosts)
                """,
                new { device = device.Value.ToArray(), way.User, way.Host, way.Port, way.Key, way.KnownHosts }),
            cancellation);
        return null;
    }
}
