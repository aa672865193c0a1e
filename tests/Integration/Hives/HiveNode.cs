using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node with storage, engine and Hives in a directory of its own, without peers or pages.</summary>
public sealed class HiveNode : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string? _home;
    private readonly Stack<IDisposable> _held = new();
    private ServiceProvider? _services;
    private LogWriter? _started;

    public HiveNode(string? home = null) => _home = home;

    /// <summary>What is done to the database before the node writes to it.</summary>
    public Action<Database> Prepare { get; init; } = _ => { };

    public LogWriter Writer => Get<LogWriter>();

    public AgentRegistry Agents => Get<AgentRegistry>();

    public HiveCommands Commands => Get<HiveCommands>();

    public HiveQueries Queries => Get<HiveQueries>();

    /// <summary>Groups this node has left.</summary>
    public HashSet<GroupId> Left { get; } = [];

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new NodeOptions { DataDirectory = _home ?? _directory.At("home"), Name = "Ines" });
        services.AddSingleton<NodeName>().AddStorage().AddEngine().AddHives();
        services.AddSingleton<ReachOf>((_, _) => new ReachView(0, 0));
        services.AddSingleton<TakesNoPart>(Left.Contains);
        services.AddSingleton<MayRejoin>(Left.Contains);
        services.AddSingleton(new MirrorOf(_ => null));
        _services = services.BuildServiceProvider();
        _held.Push(Get<DataDirectory>());
        _held.Push(Get<Database>());
        Prepare(Get<Database>());
        _started = Writer;
        await _started.StartAsync(Cancellation);
    }

    /// <summary>Indexes all that has arrived, as the search's loop does once the node is quiet.</summary>
    public async Task IndexAsync()
    {
        var search = _services!.GetServices<IHostedService>().OfType<HiveSearch>().Single();
        while (await search.StepAsync(Cancellation))
        {
        }
    }

    public async Task<LocalAgent> AgentAsync(string name)
    {
        var (agent, _, problem) = await Agents.RegisterAsync(name, null, Cancellation);
        Assert.Null(problem);
        return agent!;
    }

    /// <summary>A hive of the given vote privacy, founded by the agent.</summary>
    public async Task<GroupId> HiveAsync(LocalAgent founder, string name = "cats", string privacy = "pseudonymous")
    {
        Done(await Commands.CreateHiveAsync(founder, name, "Cats", "About cats", privacy, Cancellation));
        return Queries.Hive(name)!.Group;
    }

    public async Task<string> PostAsync(LocalAgent agent, string title = "A cat", string? content = null) =>
        Done(await Commands.PostAsync(agent, "cats", title, content, null, Cancellation));

    public async Task<string> CommentAsync(
        LocalAgent agent, string post, string? parent = null, string text = "Meow") =>
        Done(await Commands.CommentAsync(agent, post, parent, text, Cancellation));

    /// <summary>The id of what was written.</summary>
    public static string Done(WriteOutcome outcome)
    {
        Assert.Null(outcome.Problem);
        return outcome.Id!;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_started is not null) await _started.StopAsync(CancellationToken.None);
            if (_services is not null) await _services.DisposeAsync();
        }
        finally
        {
            // A stop that the disk refuses leaves these open, which in a process of its own would end with it.
            while (_held.TryPop(out var open)) open.Dispose();
            _directory.Dispose();
        }
    }
}
