using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>A whole node within this process: a peer whose parts can be driven by hand.</summary>
internal sealed class Guest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Guest(WebApplication app) => _app = app;

    public Uri Address => WebHost.Address(_app);

    public LogWriter Writer => Get<LogWriter>();

    /// <summary>The one node that this one has joined.</summary>
    public KnownPeer Host => Get<PeerBook>().All[0];

    public static Task<Guest> StartAsync(string directory, CancellationToken cancellation) => StartAsync(
        new NodeOptions { DataDirectory = directory, Listen = "http://127.0.0.1:0", Name = "guest" },
        null,
        cancellation);

    public static async Task<Guest> StartAsync(
        NodeOptions options, Action<WebApplicationBuilder>? with, CancellationToken cancellation)
    {
        var app = WebHost.Build(options, with);
        await WebHost.StartAsync(app, cancellation);
        return new Guest(app);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Joins a hive of another node and waits until it is here.</summary>
    public async Task<GroupId> JoinAsync(NodeProcess host, string hive, CancellationToken cancellation)
    {
        var invite = await Pair.InviteAsync(host, hive, cancellation);
        var outcome = await Get<Mesh>().JoinAsync(invite, hive, cancellation);
        while (outcome.Problem?.Code == Log.Refusal.RateLimited.Code())
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            outcome = await Get<Mesh>().JoinAsync(invite, hive, cancellation);
        }

        if (outcome.Group is not { } group)
            throw CliFailure.Refused("not_joined", outcome.Problem?.ToString() ?? "The hive was not joined.");
        while (Writer.StandingIn(group) != Log.Refusal.None)
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
        return group;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
