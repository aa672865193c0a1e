using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A hive that this node exchanges with a device.</summary>
/// <param name="Name">As it is called here.</param>
/// <param name="IsOwn">This node may take the device out of it.</param>
public sealed record DeviceHive(string Name, bool IsOwn);

/// <summary>
/// The hives that a device is a member of, as far as this node is one, too. They are no part of the fleet: whoever is
/// out of that writes in them as before, and is known for their sake.
/// </summary>
public sealed class DeviceHives(Sharing sharing, LogWriter writer, HiveNames names)
{
    /// <summary>By name; those of a peer that is paused as well.</summary>
    public IReadOnlyList<DeviceHive> Of(NodeId node) =>
    [
        .. sharing.WouldShareWith(node, HivesApp.GroupKind)
            .Select(g => new DeviceHive(names.Of(g) ?? g.ToString(), writer.AuthorityOf(g).Owner == writer.Self))
            .OrderBy(h => h.Name, StringComparer.Ordinal),
    ];
}
