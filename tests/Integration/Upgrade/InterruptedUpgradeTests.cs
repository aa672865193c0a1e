using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An upgrade that is cut off anywhere.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class InterruptedUpgradeTests : IDisposable
{
    public const string Name = "upgrade";

    private readonly TemporaryDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_power_cut_during_an_upgrade_leaves_the_old_database_or_the_new_one()
    {
        var root = Directory.CreateDirectory(_scratch.At("disk")).FullName;
        KeptHome.Unpack(1, root);
        var had = new Acknowledged();
        await using (var whole = new HiveNode(KeptHome.Unpack(1, _scratch.At("whole")).Directory))
        {
            await whole.InitializeAsync();
            foreach (var group in whole.Writer.Groups()) had.Add(group.Id, whole.Writer.Durable(group.Id));
        }

        var recording = await Recording.Make(Name, root);
        var (images, old) = (Recording.Asked ?? 40, 0);
        foreach (var image in recording.Images(images))
        {
            var database = Path.Combine(image.Root, "home", "node.db");
            var kept = SchemaUpgrade.KeptPath(database, 1);
            var hasCopy = File.Exists(kept);
            if (hasCopy) Assert.True(DatabaseCopy.Check(kept) == 43, recording.Place(image) + "The copy is damaged.");
            using (var opened = Database.Open(database))
            {
                if (opened.UpgradedFrom is not null) old++;
                else Assert.True(hasCopy, recording.Place(image) + "Upgraded, and no copy.");
            }

            var fault = await StoreCheck.FindFault(Path.GetDirectoryName(database)!, had);
            Assert.True(fault is null, recording.Place(image) + fault);
        }

        Assert.InRange(old, 1, images - 1);
    }

    /// <summary>The recorded program.</summary>
    internal static async Task Run()
    {
        await using var node = new HiveNode(Path.Combine(DiskWatch.Passed("DISKWATCH_ROOT"), "home"));
        await node.InitializeAsync();
        Assert.Equal(1, node.Get<Database>().UpgradedFrom);
    }
}
