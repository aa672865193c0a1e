using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>
/// A hive as people fill one: of twenty events one is a post, seven are comments of 200 to 600 bytes, twelve are votes.
/// Written through the real engine, on one chain, and the same for the same count.
/// </summary>
internal sealed class Mix
{
    public const string Hive = "mix";

    /// <summary>A smaller hive of the same mix, replicated first: code is compiled when the clock starts.</summary>
    public const string WarmUp = "warm-up";

    public const int WarmUpEvents = 20_000;

    /// <summary>Words of which each post of a hive of posts has one.</summary>
    public const int Reels = 1_000;

    private const int DraftsPerWrite = 500;
    private const int ToldEvery = 500_000;
    private const int RecentMax = 4_096;
    private const int AgentCount = 50;

    private readonly Random _random = new(20);
    private readonly List<EventRef> _posts = [];
    private readonly List<(EventRef Comment, EventRef Post)> _comments = [];
    private readonly AgentProfile[] _agents =
        [.. Enumerable.Range(0, AgentCount).Select(n => new AgentProfile(AgentId(n), $"Agent {n}"))];

    private bool _isPostsAlone;
    private int _written;

    private Mix()
    {
    }

    /// <summary>Fills a new hive with posts alone.</summary>
    public static async Task WritePostsAsync(
        IServiceProvider node, string hive, int posts, CancellationToken cancellation)
    {
        var group = await FoundAsync(node, hive, cancellation);
        var mix = new Mix { _isPostsAlone = true };
        var writer = node.GetRequiredService<LogWriter>();
        for (var from = 0; from < posts; from += DraftsPerWrite)
            await mix.WriteSomeAsync(writer, group, Math.Min(DraftsPerWrite, posts - from), cancellation);
    }

    /// <summary>What people write and vote on in a hive of their own, so many events each time.</summary>
    public static async Task<Func<int, CancellationToken, Task>> TalkAsync(
        IServiceProvider node, string hive, int events, CancellationToken cancellation)
    {
        var group = await FoundAsync(node, hive, cancellation);
        var (mix, writer) = (new Mix(), node.GetRequiredService<LogWriter>());
        return (_, ended) => mix.WriteSomeAsync(writer, group, events, ended);
    }

    /// <summary>Makes a data directory with that many events in one hive, or adds what one lacks.</summary>
    public static async Task WriteAsync(
        string directory, int events, Action<string> log, CancellationToken cancellation)
    {
        var options = new NodeOptions { DataDirectory = directory, Listen = "http://127.0.0.1:0", Name = "source" };
        await using var app = WebHost.Build(options, null);
        await WebHost.StartAsync(app, cancellation);
        await FillAsync(app.Services, WarmUp, WarmUpEvents, log, cancellation);
        await FillAsync(app.Services, Hive, events, log, cancellation);
        await app.StopAsync(cancellation);
    }

    private static async Task FillAsync(
        IServiceProvider node, string hive, int events, Action<string> log, CancellationToken cancellation)
    {
        var group = await FoundAsync(node, hive, cancellation);
        var writer = node.GetRequiredService<LogWriter>();
        var mix = new Mix();
        while (writer.Durable(group).Events is var held && held < events)
        {
            await mix.WriteSomeAsync(writer, group, (int)Math.Min(DraftsPerWrite, events - held), cancellation);
            if (held / ToldEvery != (held + DraftsPerWrite) / ToldEvery) log($"mix: {held} of {events} events");
        }
    }

    private static async Task<GroupId> FoundAsync(IServiceProvider node, string hive, CancellationToken cancellation)
    {
        var owner = await node.GetRequiredService<AgentRegistry>().OwnerAsync(cancellation);
        var queries = node.GetRequiredService<HiveQueries>();
        if (queries.Hive(hive) is null)
            await node.GetRequiredService<HiveCommands>()
                .CreateHiveAsync(owner, hive, "Mix", "", "pseudonymous", cancellation);
        return queries.Hive(hive)!.Group;
    }

    private async Task WriteSomeAsync(LogWriter writer, GroupId group, int count, CancellationToken cancellation)
    {
        var drafts = new List<Draft>(count);
        var places = new List<(bool IsPost, EventRef Post)>(count);
        for (var n = 0; n < count; n++)
        {
            var kind = _isPostsAlone || _posts.Count == 0 ? 0 : n % 20;
            var post = kind == 0 ? default : Recent(_posts);
            places.Add((kind == 0, post));
            drafts.Add(kind switch
            {
                0 => Make("post_created", new PostCreated(Agent(), Title(), Text(400))),
                < 8 => Comment(post),
                _ => Vote(),
            });
        }

        var written = await writer.WriteAsync(group, drafts, cancellation);
        for (var n = 0; n < count; n++)
        {
            if (places[n].IsPost) Keep(_posts, written[n]);
            else if (drafts[n].Kind.Name == "comment_created") Keep(_comments, (written[n], drafts[n].Refs[0]));
        }
    }

    /// <summary>Of a hive of posts each thousandth shares a word, so that a search finds some.</summary>
    private string Title() => _isPostsAlone ? $"{Text(50)} reel{_written++ % Reels}" : Text(60);

    private Draft Comment(EventRef post)
    {
        var content = new CommentCreated(Agent(), Text(_random.Next(200, 601)));
        // Half of all comments reply to a comment.
        if (_comments.Count == 0 || _random.Next(2) == 0) return Make("comment_created", content, post);
        var (parent, its) = Recent(_comments);
        return Make("comment_created", content, its, parent);
    }

    private Draft Vote()
    {
        var target = _comments.Count > 0 && _random.Next(4) > 0 ? Recent(_comments).Comment : Recent(_posts);
        var voter = SHA256.HashData(Encoding.ASCII.GetBytes($"{Agent().AgentId} {target.Seq}"));
        return Make("vote_cast", new VoteCast(Base32.Encode(voter), _random.Next(5) == 0 ? -1 : 1), target);
    }

    private static Draft Make(string kind, IHivePayload payload, params IReadOnlyList<EventRef> refs) =>
        HivePayloads.Write(payload, out var fault) is { } bytes
            ? new Draft(new Kind(kind), bytes, refs)
            : throw new InvalidOperationException($"The generator broke a rule: {fault}.");

    private AgentProfile Agent() => _agents[_random.Next(AgentCount)];

    private T Recent<T>(List<T> list) => list[_random.Next(list.Count)];

    // Bounds memory; people answer what is recent.
    private void Keep<T>(List<T> list, T item)
    {
        if (list.Count < RecentMax) list.Add(item);
        else list[_random.Next(RecentMax)] = item;
    }

    private string Text(int bytes)
    {
        const string words = "the light in that scene comes from a window on the left and nobody noticed it before ";
        var text = new StringBuilder(bytes);
        while (text.Length < bytes) text.Append(words.AsSpan(_random.Next(words.Length / 2)));
        return text.ToString(0, bytes).Trim();
    }

    private static string AgentId(int number) =>
        Base32.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))))[..16];
}
