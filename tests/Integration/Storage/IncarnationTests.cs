using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A restored database never writes on under its old incarnation.</summary>
public sealed class IncarnationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SystemRandom _random = new();

    private string Home => _directory.At("home");

    private string Aside => _directory.At("aside");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_restart_keeps_its_incarnation()
    {
        var first = Run();
        Assert.Equal(first, Run());
        Assert.Equal(first, Run(cleanStop: false));
        Assert.Equal(first, Run());
    }

    [Fact]
    public void A_restored_backup_opens_a_new_incarnation()
    {
        var before = Run();
        TemporaryDirectory.Copy(Home, Aside);
        Assert.Equal(before, Run());
        PutBack("node.db");
        Assert.NotEqual(before, Run());
    }

    [Fact]
    public void A_backup_taken_while_the_node_ran_opens_a_new_incarnation()
    {
        var before = Run(meanwhile: () => TemporaryDirectory.Copy(Home, Aside));
        PutBack("node.db", "node.db-wal");
        Assert.NotEqual(before, Run());
    }

    [Fact]
    public void A_backup_restored_after_a_crash_opens_a_new_incarnation()
    {
        var before = Run();
        TemporaryDirectory.Copy(Home, Aside);
        Run(cleanStop: false);
        PutBack("node.db");
        Assert.NotEqual(before, Run());
    }

    [Fact]
    public void A_backup_taken_while_the_node_ran_is_known_even_after_a_crash()
    {
        var before = Run(cleanStop: false, (database, witness) =>
        {
            TemporaryDirectory.Copy(Home, Aside);
            witness.Advance();
            database.Commit();
            witness.Publish();
        });
        PutBack("node.db", "node.db-wal");
        Assert.NotEqual(before, Run());
    }

    [Fact]
    public void The_new_incarnation_stays_once_chosen()
    {
        Run();
        TemporaryDirectory.Copy(Home, Aside);
        Run();
        PutBack("node.db");
        var after = Run();
        Assert.Equal(after, Run());
    }

    [Fact]
    public void A_database_that_was_started_anew_has_another_incarnation()
    {
        var before = Run();
        File.Delete(Path.Combine(Home, "node.db"));
        Assert.NotEqual(before, Run());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("0123456789abcdef 1")]
    [InlineData("0123456789abcdef -1 7")]
    public void A_witness_that_is_missing_or_speaks_of_another_database_opens_a_new_incarnation(string? witness)
    {
        var before = Run();
        var path = Path.Combine(Home, "keys", "witness");
        if (witness is null) File.Delete(path);
        else File.WriteAllText(path, witness);
        Assert.NotEqual(before, Run());
    }

    [Fact]
    public void A_death_between_database_and_witness_is_not_a_restore()
    {
        var before = Run();
        var witness = Path.Combine(Home, "keys", "witness");
        var old = File.ReadAllText(witness);
        Run(cleanStop: false);
        File.WriteAllText(witness, old);
        Assert.Equal(before, Run());
    }

    [Fact]
    public void An_incarnation_renewed_on_a_peers_word_is_kept()
    {
        using var directory = DataDirectory.Open(Home);
        Incarnation renewed;
        using (var database = Database.Open(directory.DatabasePath))
        using (var witness = IncarnationWitness.Open(database, directory.WitnessPath, _random))
        {
            var before = witness.Current;
            renewed = witness.Renew(_random);
            Assert.NotEqual(before, renewed);
            database.Commit();
        }

        using var again = Database.Open(directory.DatabasePath);
        using var kept = IncarnationWitness.Open(again, directory.WitnessPath, _random);
        Assert.Equal(renewed, kept.Current);
    }

    private Incarnation Run(bool cleanStop = true, Action? meanwhile = null) =>
        Run(cleanStop, (_, _) => meanwhile?.Invoke());

    /// <summary>One start and stop of a node; its incarnation.</summary>
    private Incarnation Run(bool cleanStop, Action<Database, IncarnationWitness> meanwhile)
    {
        using var directory = DataDirectory.Open(Home);
        using var database = Database.Open(directory.DatabasePath);
        var witness = IncarnationWitness.Open(database, directory.WitnessPath, _random);
        meanwhile(database, witness);
        if (cleanStop) witness.Dispose();
        return witness.Current;
    }

    private void PutBack(params string[] names)
    {
        foreach (var stale in Directory.EnumerateFiles(Home, "node.db*")) File.Delete(stale);
        foreach (var name in names) File.Copy(Path.Combine(Aside, name), Path.Combine(Home, name));
    }
}
