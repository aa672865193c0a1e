using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What the owner of a box does: at the command line, by the API, and on the pages.</summary>
internal static class BoxOwner
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Leaves what the serving command leaves for other commands to find the node by.</summary>
    public static Task Reachable(this MediaBox box) => File.WriteAllTextAsync(
        new Home(box.Node.Home).UrlFile, box.Node.Address.ToString(), Cancellation);

    /// <summary>With the owner's key; answers are shown as they are, without going where they lead.</summary>
    public static async Task<HttpClient> Owner(this MediaBox box)
    {
        var token = await File.ReadAllTextAsync(Path.Combine(box.Node.Home, OwnerToken.FileName), Cancellation);
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = box.Node.Address,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return http;
    }

    public static Task<CommandRun> Run(this MediaBox box, params string[] command) =>
        CommandRun.Of(box.Node.Home, command);

    /// <summary>What a command that succeeds says.</summary>
    public static async Task<JsonObject> Done(this MediaBox box, params string[] command)
    {
        var run = await box.Run([.. command, "--json"]);
        Assert.True(run.Exit == 0, run.Results + run.Remarks);
        return Assert.IsType<JsonObject>(JsonNode.Parse(run.Results));
    }

    /// <summary>Sends a form of a page, as a browser without script does.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> Send(
        this HttpClient http, string page, string path, params (string Name, string Value)[] fields)
    {
        var token = Regex.Match(page, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(
            fields.Append(("form_token", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await http.PostAsync(path, form, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
