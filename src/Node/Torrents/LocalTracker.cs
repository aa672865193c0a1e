using System.Buffers;
using System.Buffers.Binary;

namespace Anarchive.Node;

/// <summary>Introduces the torrent clients of this machine to each other (BEP 3, BEP 23, BEP 48).</summary>
/// <remarks>It knows files of the shelf alone, and no address but 127.0.0.1. Safe from any thread.</remarks>
public sealed class LocalTracker(BlobShelf shelf, TimeProvider time)
{
    /// <summary>Clients of one machine; there is one, or a few.</summary>
    private const int ClientsMax = 50;

    private const int AnnounceSeconds = 120;

    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(2 * AnnounceSeconds + 30);

    private readonly Lock _gate = new();
    private readonly Dictionary<Hash160, Dictionary<int, Client>> _swarms = [];

    /// <summary>The tracker's answer to a raw query string, bencoded.</summary>
    public byte[] Announce(string query)
    {
        if (AnnounceQuery.TryRead(query) is not { InfoHashes: [var ih] } said || said.Port == 0)
            return Failure("This request is no announcement.");
        if (shelf.Find(ih) is null) return Failure("This torrent is not known here.");
        lock (_gate)
        {
            var clients = Look(ih);
            if (said.Event == "stopped") clients.Remove(said.Port);
            else if (clients.Count < ClientsMax || clients.ContainsKey(said.Port))
                clients[said.Port] = new Client(said.Left, Now());
            var (complete, incomplete) = Count(clients);
            var others = clients.Keys.Where(port => port != said.Port).Take(said.Wanted).ToArray();
            var answer = new ArrayBufferWriter<byte>();
            Bencode.Mark(answer, 'd');
            Bencode.Write(answer, "complete");
            Bencode.Write(answer, complete);
            Bencode.Write(answer, "incomplete");
            Bencode.Write(answer, incomplete);
            Bencode.Write(answer, "interval");
            Bencode.Write(answer, AnnounceSeconds);
            Bencode.Write(answer, "peers");
            Bencode.Write(answer, Compact(others));
            Bencode.Mark(answer, 'e');
            return answer.WrittenSpan.ToArray();
        }
    }

    /// <summary>How many clients have each of the files that a raw query string names, bencoded.</summary>
    public byte[] Scrape(string query)
    {
        if (AnnounceQuery.TryRead(query) is not { InfoHashes: { Count: > 0 } asked })
            return Failure("This request names no torrent.");
        var answer = new ArrayBufferWriter<byte>();
        Bencode.Mark(answer, 'd');
        Bencode.Write(answer, "files");
        Bencode.Mark(answer, 'd');
        lock (_gate)
        {
            // Keys stand in the order of their bytes, which is the order of their digits.
            foreach (var ih in asked.Distinct().OrderBy(h => h.ToString(), StringComparer.Ordinal))
            {
                if (shelf.Find(ih) is null) continue;
                var (complete, incomplete) = Count(Look(ih));
                Bencode.Write(answer, ih.ToArray());
                Bencode.Mark(answer, 'd');
                Bencode.Write(answer, "complete");
                Bencode.Write(answer, complete);
                Bencode.Write(answer, "downloaded");
                Bencode.Write(answer, 0);
                Bencode.Write(answer, "incomplete");
                Bencode.Write(answer, incomplete);
                Bencode.Mark(answer, 'e');
            }
        }

        Bencode.Mark(answer, 'e');
        Bencode.Mark(answer, 'e');
        return answer.WrittenSpan.ToArray();
    }

    private static byte[] Failure(string reason)
    {
        var answer = new ArrayBufferWriter<byte>();
        Bencode.Mark(answer, 'd');
        Bencode.Write(answer, "failure reason");
        Bencode.Write(answer, reason);
        Bencode.Mark(answer, 'e');
        return answer.WrittenSpan.ToArray();
    }

    private static byte[] Compact(int[] ports)
    {
        var peers = new byte[ports.Length * 6];
        for (var at = 0; at < ports.Length; at++)
        {
            ReadOnlySpan<byte> loopback = [127, 0, 0, 1];
            loopback.CopyTo(peers.AsSpan(at * 6));
            BinaryPrimitives.WriteUInt16BigEndian(peers.AsSpan(at * 6 + 4), (ushort)ports[at]);
        }

        return peers;
    }

    private static (int Complete, int Incomplete) Count(Dictionary<int, Client> clients)
    {
        var complete = clients.Values.Count(c => c.Left == 0);
        return (complete, clients.Count - complete);
    }

    /// <summary>The clients that have announced lately.</summary>
    private Dictionary<int, Client> Look(Hash160 ih)
    {
        if (!_swarms.TryGetValue(ih, out var clients)) _swarms[ih] = clients = [];
        foreach (var (port, client) in clients)
            if (Now() - client.At > GoneAfter) clients.Remove(port);
        return clients;
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private sealed record Client(long Left, TimeSpan At);
}
