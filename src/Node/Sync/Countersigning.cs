using System.Collections.Concurrent;
using System.Threading.Channels;
using Anarchive.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>The edition a group began with here, else its owner's newest, and what members say of it.</summary>
/// <param name="Name">Of its file.</param>
/// <param name="PublishedMs">Null before the event that published it is here.</param>
/// <param name="BeganWithIt">The log here begins at its cut.</param>
/// <param name="CountersignedBy">Members whose own log comes to its state.</param>
/// <param name="Of">Members other than its maker.</param>
/// <param name="IsDisputed">The log here comes to another state.</param>
public sealed record EditionView(
    Hash256 Name, long? PublishedMs, bool BeganWithIt, IReadOnlyList<NodeId> CountersignedBy, int Of, bool IsDisputed);

/// <summary>
/// Folds what the owner's newest edition covers from this node's own log, and says so in the hive where both come to
/// one state. Where they do not, this node's owner is told.
/// </summary>
/// <remarks>
/// Only a node that holds the whole log can tell: one that began with an edition has the owner's word for what is below
/// its cut, and says nothing.
/// </remarks>
public sealed class Countersigning(
    LogWriter writer, PastState past, TakesNoPart takesNoPart, ILogger<Countersigning> log) : BackgroundService
{
    private readonly ConcurrentDictionary<GroupId, bool> _changed = new();
    private readonly ConcurrentDictionary<GroupId, EventRef> _disputed = new();
    private readonly Dictionary<GroupId, (EventRef Edition, long Revision)> _settled = [];

    // One word is enough: what changed stands in the table.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>True where the owner's newest edition says another state than the log here.</summary>
    public bool Disputes(GroupId group) => _disputed.ContainsKey(group);

    /// <summary>Null where there is no edition.</summary>
    public EditionView? Look(GroupId group)
    {
        var authority = writer.AuthorityOf(group);
        var began = writer.EditionOf(group)?.File;
        var edition = began is { } file ? authority.FindEdition(file) : authority.NewestEdition();
        if ((edition?.File ?? began) is not { } name) return null;
        var maker = edition?.Owner ?? authority.Owner;
        return new EditionView(
            name, edition?.PublishedMs, began is not null, edition?.CountersignedBy ?? [],
            authority.Members().Count(m => m != maker), Disputes(group));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        OnDisk(past.Forget);
        using var listening = writer.Listen(change =>
        {
            _changed[change.Group] = true;
            _wake.Writer.TryWrite(true);
        });
        foreach (var group in writer.Groups()) _changed[group.Id] = true;
        try
        {
            do
            {
                foreach (var group in writer.Groups())
                    if (_changed.TryRemove(group.Id, out _)) await CheckAsync(group, stoppingToken);
            }
            while (await _wake.Reader.WaitToReadAsync(stoppingToken) && _wake.Reader.TryRead(out _));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the next start looks again.
        }
    }

    private async Task CheckAsync(StoredGroup group, CancellationToken cancellation)
    {
        var newest = writer.AuthorityOf(group.Id).NewestEdition();
        if (newest is null || newest.Owner == writer.Self || newest.CountersignedBy.Contains(writer.Self)
            || writer.EditionOf(group.Id) is not null)
        {
            _disputed.TryRemove(group.Id, out _);
            return;
        }

        // Texts that come late, and nothing else, let a second look say something new.
        var look = (newest.Ref, writer.Revision(group.Id));
        if (_settled.TryGetValue(group.Id, out var settled) && settled == look) return;
        if (writer.StandingIn(group.Id) != Refusal.None || takesNoPart(group.Id)) return;
        if (newest.Vector.IsAheadOf(writer.Durable(group.Id))) return;
        _settled[group.Id] = look;
        (Hash256, bool)? folded = null;
        OnDisk(() => folded = past.Of(group, newest.Vector, cancellation));
        if (folded is not var (state, isWhole)) return;
        if (state == newest.StateRoot)
        {
            _disputed.TryRemove(group.Id, out _);
            await SignAsync(group.Id, newest.Ref, state, cancellation);
        }
        else if (isWhole)
        {
            _disputed[group.Id] = newest.Ref;
            NodeLog.EditionDisputed(log, group.Id);
        }
    }

    /// <summary>A disk that has no room for this is no reason to stop the node: the next start looks again.</summary>
    private void OnDisk(Action act)
    {
        try
        {
            act();
        }
        catch (Exception refused) when (refused is StoreFailedException or StartRefusedException or SqliteException
            or IOException or UnauthorizedAccessException)
        {
            NodeLog.PastStateRefused(log);
        }
    }

    private async Task SignAsync(GroupId group, EventRef edition, Hash256 state, CancellationToken cancellation)
    {
        var payload = EngineKinds.Write(new EditionCountersigned(Base64UrlText.Encode(state.ToArray())));
        var draft = new Draft(EngineKinds.EditionCountersigned, payload, [edition]);
        // Where this node may not write any more, nobody counts what it says.
        _ = await GroupWrites.TryAsync(writer, group, draft, cancellation);
    }
}
