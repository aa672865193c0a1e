using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>The policies a plan is made by, each with the number that rows name it by, and their digest.</summary>
public sealed class PolicyTable
{
    private readonly Policy[] _policies;
    private readonly string[] _names;

    /// <summary>Takes the policies in any order; what is asked for by an unknown name is kept by the default.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public PolicyTable(IEnumerable<Policy> policies)
    {
        var named = policies.OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        _names = named.ConvertAll(p => p.Name).ToArray();
        for (var i = 1; i < _names.Length; i++)
            if (_names[i] == _names[i - 1])
                throw new ArgumentException("Two policies have one name.", nameof(policies));
        // The first is for names that nobody explained.
        _policies = [named.Find(p => p.Name == Policy.DefaultName) ?? Policy.Default, .. named];
        Digest = DigestOf(_policies);
    }

    /// <summary>SHA-256 over all of them, by name.</summary>
    public Hash256 Digest { get; }

    public int Count => _policies.Length;

    public Policy this[int number] => _policies[number];

    public static PolicyTable From(FleetState state) => new(state.Policies.Values);

    /// <summary>The number of the policy of that name.</summary>
    public int NumberOf(string name) => Array.BinarySearch(_names, name, StringComparer.Ordinal) is >= 0 and var at
        ? at + 1
        : 0;

    private static Hash256 DigestOf(Policy[] policies)
    {
        var bytes = new TableBytes("anarchive/v1/plan-policies\0"u8);
        foreach (var policy in policies)
        {
            bytes.Text(policy.Name);
            bytes.Number(policy.Floor);
            bytes.Number(policy.Ceiling);
            bytes.Number(policy.ZonesMin);
            bytes.Number(policy.OffsiteMin);
            bytes.Number(policy.AutoCopy ? 1 : 0);
        }

        return bytes.Hash();
    }
}
