using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Rotation and recovery on disk and between nodes.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly SystemRandom _random = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_rotation_while_the_node_runs_reaches_its_peers()
    {
        await using var a = await LiveNode.Start();
        await using var b = await LiveNode.Start();
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        await b.Say(group);
        var old = b.Writer.OwnChain;
        var (id, key) = (b.Id, b.Get<NodeKey>().PublicKey);

        Assert.Null(await b.Get<KeyRotation>().RotateAsync(Cancellation));
        await b.Say(group);
        await Eventually.InStep(group, a, b);
        Assert.NotEqual(key, b.Get<NodeKey>().PublicKey);
        Assert.Equal(id, b.Id);
        Assert.Equal(Refusal.ChainRevoked, await Refused(a, group, old));
        await b.Restart(stopFirst: true);
        await b.Say(group);
        await Eventually.InStep(group, a, b);
    }

    [Fact]
    public async Task A_stolen_copy_writes_nothing_more_once_its_owner_has_recovered()
    {
        await using var a = await LiveNode.Start();
        await using var b = await LiveNode.Start();
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        await b.Say(group);
        await Eventually.InStep(group, a, b);
        await b.Stop();
        var stolen = TemporaryDirectory.Copy(b.Home, _scratch.At("stolen"));
        using (var directory = DataDirectory.Open(b.Home)) KeyFile.Recover(directory, null, _random);
        await b.Restart();
        await Eventually.InStep(group, a, b);
        Assert.NotEqual(0, a.Writer.Durable(group).SeqOf(b.Writer.OwnChain));

        using (var directory = DataDirectory.Open(stolen)) KeyFile.Rotate(directory, _random);
        var before = a.Writer.Durable(group).Digest();
        await using var thief = await LiveNode.Start(directory: stolen);
        await Eventually.True(
            () => thief.Mesh.View().Peers.All(p => p.State == PeerState.OutOfReach)
                || thief.Writer.StandingIn(group) == Refusal.ChainRevoked,
            "The thief is let in.",
            thief);
        Assert.Equal(before, a.Writer.Durable(group).Digest());
    }

    [Fact]
    public void A_key_is_rotated_as_often_as_wanted_and_recovered_from_the_first_commitment()
    {
        using var directory = DataDirectory.Open(_scratch.At("node"));
        var first = KeyFile.Open(directory, _random);
        for (var i = 0; i < 3; i++) KeyFile.Rotate(directory, _random);
        var rotated = KeyFile.Open(directory, _random);
        Assert.Equal((first.NodeId, 4), (rotated.NodeId, rotated.Statements.Count));
        var recovered = KeyFile.Recover(directory, null, _random);
        Assert.Equal((first.NodeId, 2), (recovered.NodeId, recovered.Statements.Count));
        Assert.Equal(2, KeyFile.Recover(directory, null, _random).Statements.Count(s => s.RecoveryKey is not null));
    }

    [Fact]
    public void A_spent_recovery_key_is_refused_and_changes_nothing()
    {
        using var directory = DataDirectory.Open(_scratch.At("node"));
        KeyFile.Open(directory, _random);
        var kept = _scratch.At("recovery.key");
        File.Copy(directory.RecoveryKeyPath, kept);
        KeyFile.Recover(directory, kept, _random);
        KeyFile.Recover(directory, null, _random);
        var before = File.ReadAllBytes(directory.NodeKeyPath);
        File.WriteAllText(_scratch.At("torn.key"), "{\"version\":1");
        Assert.Equal("recovery_key_damaged", Code(() => KeyFile.Recover(directory, _scratch.At("torn.key"), _random)));
        Assert.Equal("recovery_key_missing", Code(() => KeyFile.Recover(directory, _scratch.At("none"), _random)));
        using var other = DataDirectory.Open(_scratch.At("other"));
        KeyFile.Open(other, _random);
        Assert.Equal("recovery_key_foreign", Code(() => KeyFile.Recover(directory, other.RecoveryKeyPath, _random)));
        Assert.Equal(before, File.ReadAllBytes(directory.NodeKeyPath));
    }

    [Fact]
    public void The_recovery_key_alone_brings_a_node_back()
    {
        NodeId id;
        var kept = _scratch.At("recovery.key");
        using (var lost = DataDirectory.Open(_scratch.At("lost")))
        {
            id = KeyFile.Open(lost, _random).NodeId;
            File.Copy(lost.RecoveryKeyPath, kept);
        }

        using var found = DataDirectory.Open(_scratch.At("found"));
        Assert.Equal("key_file_missing", Code(() => KeyFile.OpenExisting(found)));
        Assert.Equal(id, KeyFile.Recover(found, kept, _random).NodeId);
        Assert.Equal(id, KeyFile.Open(found, _random).NodeId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recovery_that_a_kill_cut_short_leaves_the_recovery_key_of_the_key_in_force(bool keyWasPut)
    {
        using var directory = DataDirectory.Open(_scratch.At("node"));
        KeyFile.Open(directory, _random);
        var (key, recovery) = (File.ReadAllBytes(directory.NodeKeyPath), File.ReadAllBytes(directory.RecoveryKeyPath));
        KeyFile.Recover(directory, null, _random);
        File.Move(directory.RecoveryKeyPath, directory.NextRecoveryKeyPath);
        File.WriteAllBytes(directory.RecoveryKeyPath, recovery);
        if (!keyWasPut) File.WriteAllBytes(directory.NodeKeyPath, key);

        KeyFile.Open(directory, _random);
        Assert.False(File.Exists(directory.NextRecoveryKeyPath));
        KeyFile.Recover(directory, null, _random);
    }

    private static string Code(Action act) => Assert.Throws<DataDirectoryException>(act).Code;

    /// <summary>What a node answers to another event on a chain that it holds.</summary>
    private static async Task<Refusal> Refused(LiveNode node, GroupId group, ChainId chain)
    {
        var last = node.Writer.Durable(group).HeadOf(chain)!.Value;
        var header = EventHeader.Write(new EventFields
        {
            Kind = new Kind("post_created"),
            Group = group,
            Chain = chain,
            Seq = last.Seq + 1,
            Prev = last.Id,
            Hlc = Hlc.FromUnixMs(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            PayloadLength = 0,
            PayloadHash = new Payload(new byte[16], default).Hash(),
        });
        var run = new Batch([new Event(header, new Payload(new byte[16], default))], new byte[64]);
        var report = await node.Writer.ReceiveAsync(group, chain.Origin, [run], Cancellation);
        return Assert.Single(report.Refused).Refusal;
    }
}
