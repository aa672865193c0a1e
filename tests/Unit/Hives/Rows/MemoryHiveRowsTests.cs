using Anarchive.Hives;

namespace Anarchive.Tests.Unit;

/// <summary>The rows in memory keep the contract.</summary>
public sealed class MemoryHiveRowsTests : HiveRowsContract
{
    protected override IHiveRows Rows { get; } = new MemoryHiveRows();

    protected override void Settle()
    {
    }
}
