using System.Net;
using System.Net.Sockets;
using System.Text;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>The addresses that a name stands for now.</summary>
public delegate Task<IPAddress[]> Resolve(string name, CancellationToken cancellation);

/// <summary>Opens a connection to exactly that address.</summary>
public delegate ValueTask<Stream> Dial(IPEndPoint target, CancellationToken cancellation);

/// <summary>Decides where an outgoing connection may go, and opens it there.</summary>
/// <remarks>
/// A name is resolved once, and what is dialled is an address that was judged, never the name: a server that answers
/// otherwise the next time gains nothing. <see cref="IPAddress.IsLoopback"/> is no guide: it denies <c>0.0.0.0</c>,
/// which leads to loopback on Linux. Spellings other than the canonical one are refused unjudged, for programs differ
/// about what <c>0177.1</c> stands for. Safe to call from several threads.
/// </remarks>
public sealed class DialGuard
{
    // Enough for a host with both families; more would only hold up the next attempt.
    private const int AddressesMax = 4;
    private const int NameLengthMax = 253;

    // So long an address may stay silent where the name has others.
    private static readonly TimeSpan AddressFor = TimeSpan.FromSeconds(2);

    private readonly Resolve _resolve;
    private readonly Dial _dial;
    private readonly TimeProvider _time;

    public DialGuard(TimeProvider time)
        : this(Dns.GetHostAddressesAsync, OpenAsync, time)
    {
    }

    internal DialGuard(Resolve resolve, Dial dial, TimeProvider time) =>
        (_resolve, _dial, _time) = (resolve, dial, time);

    /// <summary>Connects to the first address of the target that may be dialled and answers.</summary>
    /// <exception cref="DialRefusedException">None may be; nothing was dialled.</exception>
    /// <exception cref="SocketException">The name is unknown, or nobody listens there.</exception>
    public async ValueTask<Stream> ConnectAsync(
        DialScope scope, DnsEndPoint target, CancellationToken cancellation)
    {
        var addresses = await JudgedAsync(scope, target.Host, cancellation);
        foreach (var address in addresses.SkipLast(1))
        {
            using var slow = new CancellationTokenSource(AddressFor, _time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, slow.Token);
            try
            {
                return await _dial(new IPEndPoint(address, target.Port), limit.Token);
            }
            catch (SocketException)
            {
                // The next address of the same answer was judged too.
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Silent: the next may answer.
            }
        }

        return await _dial(new IPEndPoint(addresses[^1], target.Port), cancellation);
    }

    /// <summary>The address a host stands for on this machine; null for every other host and spelling.</summary>
    public static IPAddress? ThisMachine(string host)
    {
        if (host == "localhost") return IPAddress.Loopback;
        return Literal(host) is { } address && IPAddress.IsLoopback(address) && !address.IsIPv4MappedToIPv6
            ? address
            : null;
    }

    /// <summary>True when that address may be dialled for whoever named it.</summary>
    internal static bool Allows(DialScope scope, IPAddress address) => scope switch
    {
        DialScope.Learned => GlobalUnicast.Allows(address),
        DialScope.ThisMachine => ThisMachine(address.ToString()) is not null,
        // Spellings of another address, and what no single node can have.
        _ => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            && !address.Equals(IPAddress.Broadcast) && !address.IsIPv4MappedToIPv6 && !IsMulticast(address),
    };

    private async Task<IReadOnlyList<IPAddress>> JudgedAsync(
        DialScope scope, string host, CancellationToken cancellation)
    {
        IPAddress[] named;
        if (host is ['[', .. var inner, ']']) host = inner;
        if (host == "localhost") named = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        else if (Literal(host) is { } literal) named = [literal];
        else if (scope != DialScope.ThisMachine && IsName(host)) named = await _resolve(host, cancellation);
        else throw new DialRefusedException();
        var judged = named.Where(a => Allows(scope, a)).Take(AddressesMax).ToArray();
        return judged.Length > 0 ? judged : throw new DialRefusedException();
    }

    /// <summary>An address in its canonical spelling, without a zone; null for anything else.</summary>
    private static IPAddress? Literal(string host) =>
        IPAddress.TryParse(host, out var address) && address.ToString() == host && !host.Contains('%')
            ? address
            : null;

    /// <summary>
    /// A host name (RFC 1123) in lower case. One that ends in a number would be read as an address by some
    /// (WHATWG URL, section 3.5).
    /// </summary>
    private static bool IsName(string host)
    {
        if (host.Length is 0 or > NameLengthMax || !Ascii.IsValid(host)) return false;
        var labels = host.Split('.');
        return labels.All(IsLabel)
            && !IsNumber(labels[^1])
            && !IPAddress.TryParse(host, out _);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
        && label[0] != '-'
        && label[^1] != '-';

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit)
        || (label.StartsWith("0x", StringComparison.Ordinal) && label[2..].All(char.IsAsciiHexDigit));

    private static bool IsMulticast(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes()[0] is >= 224 and < 240
            : address.IsIPv6Multicast;

    private static async ValueTask<Stream> OpenAsync(IPEndPoint target, CancellationToken cancellation)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
