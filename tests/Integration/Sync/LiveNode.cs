using System.Text.Json;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A whole node in this process, on a port of its own and in a directory of its own.</summary>
internal sealed class LiveNode : IAsyncDisposable
{
    private static readonly Kind Post = new("post_created");

    private readonly TimeProvider _time;
    private WebApplication? _app;
    private long _said;

    private string? _peerListen;

    private readonly Func<NodeOptions, NodeOptions> _with;

    private readonly Action<IServiceCollection> _services;

    private LiveNode(
        string directory, TimeProvider time, string? peerListen, Func<NodeOptions, NodeOptions>? with,
        Action<IServiceCollection>? services)
    {
        (Home, _time, _peerListen) = (directory, time, peerListen);
        (_with, _services) = (with ?? (options => options), services ?? (_ => { }));
    }

    public string Home { get; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:1");

    public Mesh Mesh => Get<Mesh>();

    public LogWriter Writer => Get<LogWriter>();

    public NodeId Id => Writer.Self;

    /// <summary>Starts in a new directory, or in one that is there already.</summary>
    public static async Task<LiveNode> Start(
        TimeProvider? time = null, string? directory = null, string? peerListen = null,
        Func<NodeOptions, NodeOptions>? with = null, Action<IServiceCollection>? services = null)
    {
        directory ??= Directory.CreateTempSubdirectory("anarchive-sync-").FullName;
        var node = new LiveNode(directory, time ?? TimeProvider.System, peerListen, with, services);
        await node.Listen("http://127.0.0.1:0");
        return node;
    }

    /// <summary>Where peers on other machines, or a proxy for them, would reach it.</summary>
    public Uri PeerAddress => Get<OwnEndpoint>().Current?.Address
        ?? new Uri(Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());

    /// <summary>A token for requests that another node makes without encryption.</summary>
    public async Task<string> TokenFor(NodeId node, Hash256 certificate = default)
    {
        var holder = new TokenHolder(node, Get<NodeKey>().PublicKey, certificate);
        return (await Get<TokenBook>().IssueAsync(holder, TestContext.Current.CancellationToken)).Token;
    }

    public T Get<T>()
        where T : notnull => (_app ?? throw new InvalidOperationException("Stopped.")).Services.GetRequiredService<T>();

    /// <summary>The same directory on the same port.</summary>
    public async Task Restart(bool stopFirst = false)
    {
        if (stopFirst) await Stop();
        await Listen(Address.GetLeftPart(UriPartial.Authority));
    }

    public async Task Stop()
    {
        if (_app is not { } app) return;
        _app = null;
        var stoppedItself = app.Lifetime.ApplicationStopping.IsCancellationRequested;
        await app.StopAsync(TestContext.Current.CancellationToken);
        await app.DisposeAsync();
        Assert.False(stoppedItself, "The node had stopped by itself: one of its loops failed.");
    }

    public async Task<GroupId> Found(string name, bool moderatorsAdmit = false)
    {
        var payload = EngineKinds.Write(new GroupCreated(
            "hive", "members", "per_agent", moderatorsAdmit, [], 1, new Dictionary<string, string>(),
            Get<NodeKey>().Statements));
        var group = await Writer.FoundAsync(payload, "hive", "members", TestContext.Current.CancellationToken);
        await Get<HiveNames>().TakeAsync(group, name, TestContext.Current.CancellationToken);
        return group;
    }

    /// <summary>Writes so many posts in one go.</summary>
    public Task Say(GroupId group, int posts = 1)
    {
        var drafts = Enumerable.Range(0, posts).Select(_ => new Draft(
            Post,
            JsonSerializer.SerializeToUtf8Bytes($"said {++_said}", TestJson.Default.String),
            []));
        return Writer.WriteAsync(group, [.. drafts], TestContext.Current.CancellationToken);
    }

    /// <summary>Writes so many posts that all cite one event of another chain.</summary>
    public Task<IReadOnlyList<EventRef>> Cite(GroupId group, int posts, EventRef? cited)
    {
        IReadOnlyList<EventRef> refs = cited is { } one ? [one] : [];
        var payload = JsonSerializer.SerializeToUtf8Bytes("said", TestJson.Default.String);
        return Writer.WriteAsync(
            group,
            [.. Enumerable.Repeat(new Draft(Post, payload, refs), posts)],
            TestContext.Current.CancellationToken);
    }

    public async Task<GroupId> Join(LiveNode issuer, string hive)
    {
        var (invite, problem) = await issuer.Mesh.InviteAsync(hive, TestContext.Current.CancellationToken);
        Assert.Null(problem);
        var outcome = await Mesh.JoinAsync(invite!.Text, null, TestContext.Current.CancellationToken);
        Assert.Null(outcome.Problem);
        return outcome.Group!.Value;
    }

    public long SeqOf(GroupId group, LiveNode origin) =>
        Writer.Durable(group).Heads.Where(h => h.Key.Origin == origin.Id).Sum(h => h.Value.Seq);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(Home, recursive: true);
    }

    private async Task Listen(string address)
    {
        _app = WebHost.Build(
            _with(new NodeOptions { DataDirectory = Home, Listen = address, PeerListen = _peerListen }),
            builder =>
            {
                builder.Services.AddSingleton(_time);
                _services(builder.Services);
            });
        Address = await WebHost.StartAsync(_app, TestContext.Current.CancellationToken);
        // From then on at the same port: peers look for it there.
        if (_peerListen is not null) _peerListen = Get<OwnEndpoint>().Current?.ToString();
    }
}

/// <summary>Waits for what happens elsewhere: looks again after each flush, up to a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task True(Func<bool> condition, string what, params LiveNode[] nodes) => True(
        () => Task.FromResult(condition()),
        () => what + "\n" + string.Join('\n', nodes.Select(n => n.Mesh.View())));

    public static async Task True(Func<Task<bool>> condition, Func<string> what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            try
            {
                await looks.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(what());
            }
        }
    }

    public static Task InStep(GroupId group, params LiveNode[] nodes) => True(
        () => nodes.Select(n => n.Writer.Durable(group).Digest()).Distinct().Count() == 1,
        "Not in step.",
        nodes);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TestJson : System.Text.Json.Serialization.JsonSerializerContext;
