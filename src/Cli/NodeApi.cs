using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>The running node's REST API, spoken with the owner's token from the data directory.</summary>
internal sealed class NodeApi : IDisposable
{
    /// <summary>As many as lists give at once.</summary>
    private const int PageMax = 500;

    private readonly HttpClient _http;

    private NodeApi(Uri address, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = address,
            // Compacting and reindexing a large hive take minutes; whoever waits can interrupt.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Address => _http.BaseAddress!;

    /// <summary>Finds the node that serves a data directory; nothing is sent yet.</summary>
    public static NodeApi Open(Home home)
    {
        if (!File.Exists(home.UrlFile) || !File.Exists(home.TokenFile)) throw NoNode();
        var written = File.ReadAllText(home.UrlFile).Trim();
        if (!Uri.TryCreate(written, UriKind.Absolute, out var address)) throw NoNode();
        return new NodeApi(address, File.ReadAllText(home.TokenFile).Trim());
    }

    public static CliFailure NoNode() =>
        CliFailure.CannotRun("no_node", "No node is running on this data directory. Start it with: anarchive serve");

    /// <summary>The first page of a list, and the rows of all its pages.</summary>
    public async Task<(JsonObject First, List<JsonObject> Rows)> PagesAsync(
        string query, string list, CancellationToken cancellation)
    {
        JsonObject? first = null;
        var rows = new List<JsonObject>();
        do
        {
            var from = string.Create(
                CultureInfo.InvariantCulture,
                $"{query}{(query.Contains('?') ? '&' : '?')}from={rows.Count}&limit={PageMax}");
            var page = (JsonObject)await GetAsync(from, cancellation);
            first ??= page;
            var more = page.Array(list).ToList();
            rows.AddRange(more);
            if (more.Count == 0) break;
        }
        while (rows.Count < first.Number("total"));
        return (first, rows);
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, cancellation);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>The answer's document; an empty one where the answer has no body.</summary>
    /// <exception cref="CliFailure">The node refused, or there is none.</exception>
    public async Task<JsonNode> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.IsSuccessStatusCode) return text.Length == 0 ? new JsonObject() : Read(text);
        throw Refusal(response.StatusCode, text);
    }

    /// <summary>Every item of a paged list.</summary>
    public async IAsyncEnumerable<JsonObject> PagesAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = "";
        do
        {
            var query = $"{(path.Contains('?') ? '&' : '?')}limit=100{cursor}";
            var page = (JsonObject)await GetAsync(path + query, cancellation);
            foreach (var item in page.Array("items")) yield return item;
            cursor = page.Text("next") is { } next ? "&cursor=" + Uri.EscapeDataString(next) : "";
        }
        while (cursor.Length > 0);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException)
        {
            // The address is one an earlier run left behind, or the node is going down.
            throw NoNode();
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw CliFailure.CannotRun("no_answer", "The node does not answer. Its log tells what it is doing.");
        }
    }

    private static CliFailure Refusal(HttpStatusCode status, string text)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && text.Contains("bad_key"))
            return CliFailure.CannotRun("no_permission", "The running node belongs to another data directory.");
        var problem = text.StartsWith('{') ? Read(text) as JsonObject : null;
        return CliFailure.Refused(
            problem?.Text("code") ?? "refused",
            problem?.Text("title") ?? $"The node refused with status {(int)status}.");
    }

    private static JsonNode Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) ?? new JsonObject();
        }
        catch (JsonException)
        {
            throw CliFailure.CannotRun("no_node", "Something else than a node answers on its address.");
        }
    }
}
