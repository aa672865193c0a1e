namespace Anarchive.Fleet;

/// <summary>What a device is said to hold in full.</summary>
public readonly record struct DeviceLoad(long Copies, long Bytes);
