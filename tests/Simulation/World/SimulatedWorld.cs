using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Tests.Simulation;

/// <summary>One run: a minute of faults, then none, until the nodes agree or a minute is over.</summary>
internal sealed partial class SimulatedWorld
{
    /// <summary>Two nodes that are off by so much stay within what intake lets pass.</summary>
    public const int ClockErrorMs = 120_000;

    private const long FaultsMs = 60_000;
    private const long HealMs = 60_000;

    private readonly List<SimulatedNode> _clones = [];
    private readonly Users _users;

    public SimulatedWorld(ulong seed, SeededBug bug, Action<string>? trace)
    {
        Bug = bug;
        Dice = new Dice(seed);
        Weather = Weather.Of(Dice);
        Wire = new SimulatedWire(Agenda, Dice, Weather);
        Oracle = new Oracle(this);
        _users = new Users(this);
        ClockStepMs = Dice.Of([1L, 100, 3_000, 5_000]);
        VotePrivacy = Dice.Of(["per_agent", "pseudonymous", "tally"]);
        if (trace is not null)
            Trace = text => trace($"{(Agenda.NowMs - 1_700_000_000_000) / 1000.0,8:0.000} {text}");
        var count = Dice.Between(3, 5);
        for (var i = 0; i < count; i++) Nodes.Add(new SimulatedNode(this, i + 1, $"n{i}"));
        if (Weather.HasHostile) Nodes.Add(new SimulatedNode(this, count + 1, "hostile") { IsHostile = true });
    }

    public SeededBug Bug { get; }

    public Dice Dice { get; }

    public Agenda Agenda { get; } = new();

    public Weather Weather { get; }

    public SimulatedWire Wire { get; }

    public Oracle Oracle { get; }

    public Action<string>? Trace { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    public IReadOnlyList<SimulatedNode> Honest => [.. Nodes.Where(n => !n.IsHostile)];

    public SimulatedNode Owner => Nodes[0];

    public GroupId? Group { get; private set; }

    public string VotePrivacy { get; }

    /// <summary>How coarse wall clocks are: the coarser, the more writes fall on the same instant.</summary>
    public long ClockStepMs { get; }

    public EventRef? LastGrant { get; set; }

    /// <summary>Virtual milliseconds from the end of the faults until all agreed.</summary>
    public long HealedMs { get; private set; }

    /// <summary>The machine behind an address; a clone only calls out.</summary>
    public SimulatedNode? Find(NodeId id) => Nodes.FirstOrDefault(n => n.Id == id);

    public string Text(ChainId chain, long seq) => $"{Find(chain.Origin)?.Name}.{chain.Incarnation}.{seq}";

    public void Run()
    {
        Trace?.Invoke($"{Weather}");
        Found();
        Plan();
        Agenda.Run(FaultsMs);
        Heal();
        while (HealedMs < HealMs && !AllAgree())
        {
            Agenda.Run(1_000);
            HealedMs += 1_000;
        }

        Oracle.Finish();
    }

    /// <summary>A node that starts meets all the others, and joins through the owner.</summary>
    public void Connect(SimulatedNode node)
    {
        if (Group is not { } group) return;
        foreach (var peer in Nodes) node.Meet(peer.Id, Owner.Id);
        if (node.Snapshot is null) node.Follow(group, Owner.Id);
    }

    public bool AllAgree()
    {
        if (Group is not { } group || Honest.Any(n => !n.IsUp || n.Snapshot is null || n.IsBusy)) return false;
        var (vector, state) = (Owner.Vector.Digest(), Owner.Hives.Digest(group));
        return Honest.All(n => n.Vector.Digest() == vector && n.Hives.Digest(group) == state);
    }

    private void Found()
    {
        Owner.Start();
        var genesis = new GroupCreated(
            HivesApp.GroupKind, HivesApp.DefaultRing, VotePrivacy, ModeratorsAdmit: false, [], 0,
            new Dictionary<string, string>(StringComparer.Ordinal), [Owner.Inception]);
        Owner.Ask(new WriterRequest.Found(EngineKinds.Write(genesis), HivesApp.GroupKind, HivesApp.DefaultRing), g =>
        {
            Group = g;
            var moderators = Dice.Chance(70) ? Honest.Skip(1) : [];
            Draft[] drafts = [.. Nodes.Skip(1).Select(Admission), .. moderators.Select(Users.Grant)];
            Owner.Write(g, drafts, written => Oracle.Acked(Owner, written));
        });
        // The faults spare the beginning: without a group there is nothing to see.
        var (loss, failures) = Weather.Suspend();
        Agenda.Run(2_000);
        Weather.Resume(loss, failures);
        Connect(Owner);
        foreach (var node in Nodes.Skip(1)) Agenda.After(Dice.Between(0, 10_000), node.Start);
    }

    private static Draft Admission(SimulatedNode node) => new(
        EngineKinds.NodeAdmitted,
        EngineKinds.Write(new NodeAdmitted(
            node.Id.ToString(), Base64UrlText.Encode(KeyChain.HashOf(node.Inception)!.Value.ToArray()))),
        []);

    private void Heal()
    {
        Trace?.Invoke("the faults stop");
        _isHealing = true;
        Weather.Clear();
        Wire.MendAll();
        foreach (var clone in _clones) clone.Crash(isWritten: true);
        foreach (var node in Nodes)
        {
            node.Start();
            Connect(node);
            node.TryAll();
        }
    }
}
