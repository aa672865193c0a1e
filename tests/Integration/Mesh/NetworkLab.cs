using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// Machines with a network of their own: one network namespace each, joined by a bridge that can be cut in two.
/// </summary>
/// <remarks>
/// The addresses look like ones of the internet, for a node dials no others on somebody's word; nothing leads there
/// from these namespaces, nor from there to the machine's own network.
/// </remarks>
internal sealed class NetworkLab : IAsyncDisposable
{
    private const string Ip = "/usr/sbin/ip";

    private static int _labs;

    private readonly string _name =
        string.Create(CultureInfo.InvariantCulture, $"an{Environment.ProcessId}x{Interlocked.Increment(ref _labs)}");

    private readonly string _home = Directory.CreateTempSubdirectory("anarchive-lab-").FullName;
    private readonly List<LabNode> _nodes = [];

    private NetworkLab()
    {
    }

    public IReadOnlyList<LabNode> Nodes => _nodes;

    private string Hub => _name + "h";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where this user may not make namespaces.</summary>
    public static async Task<NetworkLab> Start(int nodes)
    {
        if (!File.Exists(Ip)) Assert.Skip("The iproute2 package is missing: no network namespaces without it.");
        var lab = new NetworkLab();
        var made = await Command(Ip, "netns", "add", lab.Hub);
        if (made.Exit != 0) Assert.Skip($"This user may not make network namespaces: {made.Text}");
        foreach (var bridge in new[] { "br0", "br1" })
        {
            await lab.InHub("link", "add", bridge, "type", "bridge");
            await lab.InHub("link", "set", bridge, "up");
        }

        for (var n = 1; n <= nodes; n++)
        {
            var space = string.Create(CultureInfo.InvariantCulture, $"{lab._name}n{n}");
            var address = string.Create(CultureInfo.InvariantCulture, $"11.77.0.{n}");
            await Must(Ip, "netns", "add", space);
            await lab.InHub("link", "add", Port(n), "type", "veth", "peer", "name", "eth0", "netns", space);
            await lab.InHub("link", "set", Port(n), "up");
            await Must(Ip, "-n", space, "link", "set", "lo", "up");
            await Must(Ip, "-n", space, "address", "add", address + "/24", "dev", "eth0");
            await Must(Ip, "-n", space, "link", "set", "eth0", "up");
            lab._nodes.Add(new LabNode(space, address, Path.Combine(lab._home, ((char)('a' + n - 1)).ToString())));
        }

        await lab.Partition(0);
        return lab;
    }

    /// <summary>The first so many machines on one side, the others on the other; 0 heals.</summary>
    public async Task Partition(int first)
    {
        for (var n = 1; n <= _nodes.Count; n++)
            await InHub("link", "set", Port(n), "master", n <= first ? "br1" : "br0");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.Stop();
        foreach (var node in _nodes) await Command(Ip, "netns", "delete", node.Space);
        await Command(Ip, "netns", "delete", Hub);
        Directory.Delete(_home, recursive: true);
    }

    internal static async Task<(int Exit, string Text)> Command(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await said is { Length: > 0 } text ? text : await complained);
    }

    internal static async Task Must(string program, params string[] arguments)
    {
        var (exit, text) = await Command(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {text}");
    }

    private static string Port(int n) => string.Create(CultureInfo.InvariantCulture, $"p{n}");

    private Task InHub(params string[] arguments) => Must(Ip, ["-n", Hub, .. arguments]);
}
