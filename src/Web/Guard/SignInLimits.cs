using System.Net;
using System.Net.Sockets;

namespace Anarchive.Web;

/// <summary>
/// How often an address may try a passphrase: a few times at once, then once every half minute. Each attempt counts
/// before it is looked at, so that many at once gain nothing.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class SignInLimits(TimeProvider time)
{
    public const int Burst = 5;

    /// <summary>What a refused attempt waits at least, so that guessing is slow however fast the machine.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(800);

    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(30);

    // Each address costs some bytes; those whose attempts are long over leave first.
    private const int AddressesMax = 4_096;

    private readonly Dictionary<string, (double Spent, long At)> _spent = [];
    private readonly Lock _changing = new();

    /// <summary>Counts an attempt; otherwise how long to wait for the next.</summary>
    public TimeSpan? TryTake(IPAddress? from)
    {
        var key = Key(from);
        lock (_changing)
        {
            var spent = Spent(key);
            if (spent + 1 > Burst) return Refill * (spent + 1 - Burst);
            if (_spent.Count >= AddressesMax && !_spent.ContainsKey(key)) MakeRoom();
            _spent[key] = (spent + 1, time.GetTimestamp());
            return null;
        }
    }

    /// <summary>The right passphrase was given: nothing is held against the address.</summary>
    public void Forgive(IPAddress? from)
    {
        lock (_changing) _spent.Remove(Key(from));
    }

    /// <summary>One household's network is one address: whoever has a 64-bit prefix has all of it.</summary>
    private static string Key(IPAddress? from)
    {
        if (from is null) return "";
        var plain = AccessGuard.Plain(from);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8))
            : plain.ToString();
    }

    private double Spent(string key) => _spent.TryGetValue(key, out var known)
        ? Math.Max(0, known.Spent - (time.GetElapsedTime(known.At) / Refill))
        : 0;

    private void MakeRoom()
    {
        foreach (var key in _spent.Keys.OrderBy(Spent).Take(AddressesMax / 8).ToList()) _spent.Remove(key);
    }
}
