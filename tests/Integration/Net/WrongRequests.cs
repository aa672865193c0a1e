using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Requests about media that a node refuses, each with words in it that no answer may repeat.</summary>
internal static class WrongRequests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="title">A word of names and paths.</param>
    /// <param name="file">A file that nothing may be said of.</param>
    /// <param name="key">Its key.</param>
    public static async Task<IReadOnlyList<(string What, string Answer)>> Send(
        LiveNode node, string title, string file, string key)
    {
        var token = (await File.ReadAllTextAsync(new Home(node.Home).TokenFile, Cancellation)).Trim();
        using var http = new HttpClient { BaseAddress = node.Address };
        var answers = new List<(string, string)>();
        foreach (var (method, path, body) in All(title, file, key))
        {
            foreach (var shown in new[] { token, title, null })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (shown is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
                if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await http.SendAsync(request, Cancellation);
                Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{method} {path}: {answer.StatusCode}");
                answers.Add((
                    $"{method} {path} {body}", answer.Headers + await answer.Content.ReadAsStringAsync(Cancellation)));
            }
        }

        return answers;
    }

    private static IEnumerable<(string Method, string Path, string? Body)> All(string title, string file, string key)
    {
        const string Net = "/api/v1/net/";
        var marker = NetSamples.Intro(67_700, 158_200) with { Key = [key] };
        var about = JsonNode.Parse(NetPayloads.Element(marker).GetRawText())!;
        var nowhere = Path.Combine(Path.GetDirectoryName(file)!, title + "-nowhere");
        var words = Uri.EscapeDataString(title);
        return
        [
            ("POST", Net + "observations", Observation(about, null)),
            ("POST", Net + "observations", Observation(about, file)),
            ("POST", Net + "observations", Observation(about, nowhere)),
            ("POST", Net + "observations", Observation(new JsonObject { ["title"] = title, ["path"] = file }, null)),
            ("POST", Net + "observations", "{" + title),
            ("DELETE", Net + "observations/" + words, null),
            ("POST", Net + "folders", new JsonObject { ["path"] = nowhere }.ToJsonString()),
            ("POST", Net + "folders/remove", new JsonObject { ["path"] = nowhere }.ToJsonString()),
            ("POST", Net + "detect", new JsonObject { ["path"] = nowhere }.ToJsonString()),
            ("GET", Net + "detect/" + words, null),
            ("GET", Net + "merged?key=" + words, null),
            ("GET", Net + "keys?part=" + words, null),
            ("GET", $"{Net}export?key={Uri.EscapeDataString(key)}&format={words}", null),
            ("GET", Net + "editions?part=" + words, null),
            ("GET", $"{Net}editions/{words}/{words}/changes", null),
            ("POST", Net + "editions", new JsonObject { ["part"] = title }.ToJsonString()),
            ("POST", Net + "subscriptions", new JsonObject { ["part"] = title, ["trust"] = title }.ToJsonString()),
            ("DELETE", $"{Net}subscriptions/{words}/{words}", null),
            ("GET", "/net/key?key=" + words, null),
            ("GET", "/net/parts/" + words, null),
            ("GET", $"/net/editions/{words}/{words}", null),
            ("POST", "/net/folders", new JsonObject { ["path"] = file }.ToJsonString()),
            ("GET", $"/compat/{words}/sponsorblock/api/skipSegments/{words}", null),
            ("GET", "/net/v1/blobs/" + words, null),
            ("GET", $"/ws/{words}/{words}/{words}", null),
            ("POST", "/net/v1/parts", Observation(about, file)),
            ("GET", $"/sync/v1/groups/{words}/status", null),
            .. OfFleet(title, words),
        ];
    }

    private static IEnumerable<(string Method, string Path, string? Body)> OfFleet(string title, string words)
    {
        const string Fleet = "/api/v1/fleet/";
        return
        [
            ("GET", Fleet + "devices/" + words, null),
            ("POST", Fleet + "devices", new JsonObject { ["class"] = title, ["name"] = title }.ToJsonString()),
            ("POST", Fleet + "devices", new JsonObject { ["device"] = title }.ToJsonString()),
            ("POST", $"{Fleet}devices/{words}/state", new JsonObject { ["state"] = title }.ToJsonString()),
            ("GET", Fleet + "items/" + words, null),
            ("GET", Fleet + "custody?from=" + words, null),
            ("GET", Fleet + "custody?limit=501", null),
            ("POST", Fleet + "pins", new JsonObject { ["item"] = title, ["kind"] = "star" }.ToJsonString()),
            ("POST", Fleet + "pins", "{" + title),
            ("POST", Fleet + "policies", new JsonObject { ["policy"] = title + "/", ["floor"] = 0 }.ToJsonString()),
            ("POST", Fleet + "policies", new JsonObject { ["policy"] = "x", ["apply"] = title }.ToJsonString()),
            ("POST", Fleet + "sources", new JsonObject
            {
                ["source"] = title, ["kind"] = "private", ["host"] = $"https://{title}.example/{title}",
            }.ToJsonString()),
            ("POST", $"{Fleet}sources/{words}/gate", new JsonObject { ["gate"] = "open" }.ToJsonString()),
            ("POST", Fleet + "duties", new JsonObject { ["duty"] = title, ["subject"] = title }.ToJsonString()),
            ("GET", "/fleet/items/" + words, null),
            ("GET", "/fleet/devices/" + words, null),
        ];
    }

    private static string Observation(JsonNode observation, string? file) => new JsonObject
    {
        ["observations"] = new JsonArray(new JsonObject
        {
            ["kind"] = "marker_observed",
            ["observation"] = observation.DeepClone(),
        }),
        ["file"] = file,
    }.ToJsonString();
}
