using System.Buffers.Binary;
using System.Diagnostics;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Everything that passes a machine's network, taken by tcpdump.</summary>
internal sealed class Capture : IAsyncDisposable
{
    private const string Tcpdump = "/usr/bin/tcpdump";

    // The file header and a packet's (pcap-savefile(5)); Ethernet's, and where IPv4 and TCP have their numbers.
    private const int FileHeader = 24;
    private const int PacketHeader = 16;
    private const int Ethernet = 14;
    private const int IPv4 = 0x0800;
    private const int Tcp = 6;

    private readonly string _file;
    private Process? _process;

    private Capture(string file, Process process) => (_file, _process) = (file, process);

    /// <summary>Skips the test where tcpdump is absent; in CI that is a failure.</summary>
    public static void Need()
    {
        if (File.Exists(Tcpdump)) return;
        const string Sentence = "SKIPPED: the tcpdump package is missing, so nothing can be captured.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Sentence);
        Assert.Skip(Sentence);
    }

    public static async Task<Capture> Start(string space, string file)
    {
        var process = Process.Start(new ProcessStartInfo(
            "ip",
            [
                "netns", "exec", space, Tcpdump, "-i", "eth0", "-s", "0", "-U", "-Z", "root", "--immediate-mode",
                "-B", "16384", "-w", file,
            ])
        {
            RedirectStandardError = true,
        })!;
        var said = "";
        while (!said.Contains("listening on", StringComparison.Ordinal))
            said = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("tcpdump did not start: " + said);
        return new Capture(file, process);
    }

    /// <summary>
    /// What passed: each packet as it was, and each direction of each TCP connection put together, so that a word may
    /// lie across packets.
    /// </summary>
    public async Task<IReadOnlyList<byte[]>> Stop()
    {
        if (_process is { } process)
        {
            _process = null;
            await NetworkLab.Must("kill", "-INT", process.Id.ToString(null, null));
            var told = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            Assert.Contains("0 packets dropped by kernel", told);
        }

        var bytes = await File.ReadAllBytesAsync(_file, CancellationToken.None);
        var streams = new Dictionary<string, SortedDictionary<uint, byte[]>>();
        foreach (var packet in Packets(bytes)) Sort(packet, streams);
        return [bytes, .. streams.Values.Select(Together)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await Stop();
    }

    private static IEnumerable<byte[]> Packets(byte[] file)
    {
        for (var at = FileHeader; at + PacketHeader <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            yield return file[(at + PacketHeader)..Math.Min(file.Length, at + PacketHeader + length)];
            at += PacketHeader + length;
        }
    }

    private static void Sort(byte[] packet, Dictionary<string, SortedDictionary<uint, byte[]>> streams)
    {
        if (packet.Length < Ethernet + 40) return;
        var ip = packet.AsSpan(Ethernet);
        if (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(12)) != IPv4 || ip[9] != Tcp) return;
        var end = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        var tcp = ip[((ip[0] & 15) * 4)..Math.Min((int)end, ip.Length)];
        var data = tcp[((tcp[12] >> 4) * 4)..];
        if (data.IsEmpty) return;
        // Addresses and ports.
        var stream = Convert.ToHexString(ip[12..20]) + Convert.ToHexString(tcp[..4]);
        if (!streams.TryGetValue(stream, out var parts)) streams[stream] = parts = [];
        var seq = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        // What was sent again comes longer, or no shorter.
        if (!parts.TryGetValue(seq, out var known) || known.Length < data.Length) parts[seq] = data.ToArray();
    }

    /// <summary>By sequence numbers, which no connection here is long enough to use up.</summary>
    private static byte[] Together(SortedDictionary<uint, byte[]> parts)
    {
        using var all = new MemoryStream();
        var next = parts.Keys.First();
        foreach (var (seq, data) in parts)
        {
            var skip = seq < next ? Math.Min(data.Length, (int)(next - seq)) : 0;
            all.Write(data.AsSpan(skip));
            next = Math.Max(next, seq + (uint)data.Length);
        }

        return all.ToArray();
    }
}
