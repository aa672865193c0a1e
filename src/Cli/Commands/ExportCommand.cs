using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive export HIVE</c>: posts and comments as lines that <c>import threads</c> reads.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Hive = new("hive") { Description = "The hive to write out." };

    public static Command Build(Terminal terminal) =>
        new Command("export", "Write a hive's posts and comments, one JSON document per line.") { Hive }
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var hive = invocation.Value(Hive);
        var messages = new JsonArray();
        var feed = $"/api/v1/hives/{Uri.EscapeDataString(hive)}/feed?sort=new";
        await foreach (var post in node.PagesAsync(feed, cancellation))
        {
            Tell(post, null, post.Text("title") ?? "");
            var comments = $"/api/v1/posts/{post.Need("id")}/comments";
            await foreach (var comment in node.PagesAsync(comments, cancellation))
                Tell(comment, comment.Text("parent_id") ?? post.Need("id"), "Re: " + post.Text("title"));
        }

        return invocation.Json
            ? Answer.Done(new JsonObject { ["hive"] = hive, ["messages"] = messages })
            : Answer.Silent;

        void Tell(JsonObject item, string? parent, string subject)
        {
            var message = Message(hive, item, parent, subject);
            if (invocation.Json) messages.Add(message);
            else invocation.Terminal.Results.WriteLine(message.ToJsonString());
        }
    }

    private static JsonObject Message(string hive, JsonObject item, string? parent, string subject)
    {
        // What was deleted keeps its place, so that the replies below it keep theirs.
        var text = item.Text("text");
        var body = text == "present" ? item.Text("content") ?? item.Text("url") ?? "" : $"({text})";
        return new JsonObject
        {
            ["id"] = item.Need("id"),
            ["parent"] = parent,
            ["list"] = hive,
            ["author"] = (item["author"] as JsonObject)?.Text("name") ?? "unknown",
            ["ts"] = item.Number("created_ms") / 1000,
            ["subject"] = subject,
            ["body"] = body,
        };
    }
}
