namespace Anarchive.Hives;

/// <summary>What an event of Hives says: the closed set of records that <see cref="HivePayloads"/> reads.</summary>
public interface IHivePayload;
