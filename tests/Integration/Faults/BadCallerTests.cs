using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What programs and people may send to the REST API: a documented refusal, or shown as mere text.</summary>
public sealed class BadCallerTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private LiveNode _node = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        _http.BaseAddress = _node.Address;
        var token = await File.ReadAllTextAsync(Path.Combine(_node.Home, OwnerToken.FileName), Cancellation);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        await Send("POST", "/api/v1/hives", """{"name":"cats"}""");
        _group = _node.Get<HiveQueries>().Hive("cats")!.Group;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task No_route_takes_json_of_another_form()
    {
        var post = await Post("A title", "text");
        var described = (await Send("GET", "/openapi/v1.json")).Json;
        string[] bodies =
        [
            "", "{", "null", "[]", "1", "\"text\"", """{"a":1}""", """{"name":1,"hive":1,"value":"1","invite":[]}""",
            """{"name":"x","name":"y","hive":"x","hive":"y"}""", new string('[', 64 * 1024), "\u0000", "\ufeff{}",
        ];
        var tried = 0;
        foreach (var path in described.GetProperty("paths").EnumerateObject())
            foreach (var method in path.Value.EnumerateObject()
                .Where(m => m.Value.TryGetProperty("requestBody", out _)))
                foreach (var body in bodies)
                {
                    var route = path.Name.Replace("{name}", "cats").Replace("{id}", post);
                    var before = Look();
                    var answer = await Send(method.Name.ToUpperInvariant(), route, body);
                    var what = $"{method.Name} {route} with {body[..Math.Min(body.Length, 40)]}: {answer}";
                    Assert.True((int)answer.Status is >= 400 and < 500, what);
                    AssertSentence(answer, what);
                    Assert.Equal(before, Look());
                    tried++;
                }

        Assert.InRange(tried, 100, int.MaxValue);
    }

    [Theory]
    [InlineData("GET", "/api/v1/hives/none", null, "not_found")]
    [InlineData("GET", "/api/v1/hives/none/feed", null, "not_found")]
    [InlineData("POST", "/api/v1/posts", """{"hive":"none","title":"t"}""", "not_found")]
    [InlineData("POST", "/api/v1/sync/invites", """{"hive":"none"}""", "not_found")]
    public async Task An_unknown_hive_is_not_found(string method, string path, string? body, string code)
    {
        var answer = await Send(method, path, body);
        Assert.Equal((HttpStatusCode.NotFound, code), (answer.Status, answer.Code));
        AssertSentence(answer, path);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused()
    {
        using var bomb = new MemoryStream();
        var zeros = new byte[1024 * 1024];
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var i = 0; i < 64; i++) await gzip.WriteAsync(zeros, Cancellation);
        using var content = new ByteArrayContent(bomb.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        var before = Look();
        using var response = await _http.PostAsync("/api/v1/posts", content, Cancellation);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal(before, Look());
    }

    [Theory]
    [InlineData("evil \u202etxt.exe")]
    [InlineData("line\nbreak")]
    [InlineData("\u0000")]
    [InlineData(" ")]
    public async Task A_title_that_would_not_show_as_what_it_is_is_refused(string title)
    {
        var before = Look();
        var answer = await Send("POST", "/api/v1/posts", PostBody(title, "text"));
        Assert.Equal((HttpStatusCode.BadRequest, "bad_title"), (answer.Status, answer.Code));
        AssertSentence(answer, title);
        Assert.Equal(before, Look());
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\"><svg onload=alert(1)>")]
    [InlineData("[x](javascript:alert(1)) [y](JaVaScRiPt&colon;alert(1)) <javascript:alert(1)>")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=) ![x](vbscript:x)")]
    public async Task Markup_in_a_post_and_its_comments_is_shown_as_text(string text)
    {
        var id = await Post(text, text);
        var comment = new JsonObject { ["content"] = text }.ToJsonString();
        Assert.Equal(HttpStatusCode.Created, (await Send("POST", $"/api/v1/posts/{id}/comments", comment)).Status);
        foreach (var page in new[] { "/p/" + id, "/h/cats", "/", "/search?q=" + Uri.EscapeDataString(text) })
        {
            var html = (await Send("GET", page)).Text;
            Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("(?i)<(img|svg)[^>]*(onerror|onload)", html);
            Assert.DoesNotMatch("(?i)(href|src)\\s*=\\s*[\"']?\\s*(javascript|vbscript|data:text)", html);
        }
    }

    [Fact]
    public async Task Brackets_by_the_thousand_are_shown_and_more_than_a_payload_is_refused()
    {
        foreach (var unit in new[] { "[", ">", "[a](", "*_", "![" })
        {
            var id = await Post("brackets", string.Concat(Enumerable.Repeat(unit, 60_000 / unit.Length)));
            Assert.Equal(HttpStatusCode.OK, (await Send("GET", "/p/" + id)).Status);
        }

        var before = Look();
        var answer = await Send("POST", "/api/v1/posts", PostBody("brackets", new string('[', 64 * 1024)));
        Assert.InRange((int)answer.Status, 400, 499);
        AssertSentence(answer, "64 KiB");
        Assert.Equal(before, Look());
    }

    [Fact]
    public async Task Marks_that_reorder_text_stay_inside_their_own_block()
    {
        var id = await Post("marks", "abc \u202e\u2066 def");
        var html = (await Send("GET", "/p/" + id)).Text;
        Assert.Contains("dir=\"auto\"", html);
    }

    private static string PostBody(string title, string content) =>
        new JsonObject { ["hive"] = "cats", ["title"] = title, ["content"] = content }.ToJsonString();

    private static void AssertSentence(Answer answer, string what)
    {
        Assert.True(answer.Code.Length > 0, what);
        var sentence = answer.Json.GetProperty("title").GetString()!;
        Assert.True(sentence.EndsWith('.') && !sentence.Contains('\n') && char.IsUpper(sentence[0]), what);
    }

    private async Task<string> Post(string title, string content)
    {
        var answer = await Send("POST", "/api/v1/posts", PostBody(title, content));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Json.GetProperty("id").GetString()!;
    }

    private (Hash256 Vector, Hash256 State, int Groups) Look() => (
        _node.Writer.Durable(_group).Digest(),
        _node.Get<HiveQueries>().StateDigest(_group),
        _node.Writer.Groups().Count);

    private async Task<Answer> Send(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Cancellation);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed record Answer(HttpStatusCode Status, string Text)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public string Code => Json.GetProperty("code").GetString() ?? "";
    }
}
