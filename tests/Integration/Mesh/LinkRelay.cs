using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// Passes connections on between a machine's loopback and its network, byte for byte: nodes speak without TLS on
/// loopback alone, and through these they do so with one another.
/// </summary>
internal sealed class LinkRelay : IAsyncDisposable
{
    /// <summary>The watched program that passes them on.</summary>
    public const string Name = "link-relay";

    private const string Variable = "ANARCHIVE_LINKS";

    private readonly Process _process;

    private LinkRelay(Process process) => _process = process;

    /// <param name="links">From where to where, in one machine's network.</param>
    public static async Task<LinkRelay> Start(string space, params (string From, string To)[] links)
    {
        var start = new ProcessStartInfo(
            "ip", ["netns", "exec", space, Environment.ProcessPath!, Program.Watched, Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = string.Join(' ', links.Select(l => $"{l.From}>{l.To}"));
        var process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return new LinkRelay(process);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>The program itself; it ends with its standard input.</summary>
    public static async Task Run()
    {
        foreach (var link in Environment.GetEnvironmentVariable(Variable)!.Split(' ').Select(l => l.Split('>')))
        {
            var listener = new TcpListener(IPEndPoint.Parse(link[0]));
            listener.Start();
            _ = AcceptAsync(listener, IPEndPoint.Parse(link[1]));
        }

        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
    }

    private static async Task AcceptAsync(TcpListener listener, IPEndPoint to)
    {
        while (true) _ = PassAsync(await listener.AcceptTcpClientAsync(), to);
    }

    private static async Task PassAsync(TcpClient near, IPEndPoint to)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(to);
                await Task.WhenAll(
                    CopyAsync(near.Client, far.Client), CopyAsync(far.Client, near.Client));
            }
            catch (Exception gone) when (gone is IOException or SocketException)
            {
                // One of the two went; the other finds out by its closed connection.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        await using var source = new NetworkStream(from);
        await using var sink = new NetworkStream(to);
        await source.CopyToAsync(sink);
        to.Shutdown(SocketShutdown.Send);
    }
}
