namespace Anarchive.Fleet;

/// <summary>How the keys of registers begin that are looked up beside the state.</summary>
public static class RegisterKeys
{
    /// <summary>Of what is said of an item on a device, on any volume and by anybody.</summary>
    public static byte[] OfHoldings(ItemId item, DeviceId device) =>
        ByteWriter.Of(RegisterKind.Holding).Add(item.Value).Add(device.Value).ToArray();
}
