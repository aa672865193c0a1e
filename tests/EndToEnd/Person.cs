using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Someone with a browser in front of one node.</summary>
internal sealed class Person(IBrowserContext context, IPage page)
{
    /// <summary>Dialogs, and requests to other addresses: there must be none, whatever was typed.</summary>
    public List<string> Alarms { get; } = [];

    public IPage Page => page;

    public IBrowserContext Context => context;

    public static async Task<Person> AtAsync(
        IBrowser browser, RunningNode node, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = node.Url;
        var context = await browser.NewContextAsync(options);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        var person = new Person(context, page);
        page.Dialog += (_, dialog) =>
        {
            person.Alarms.Add("dialog: " + dialog.Message);
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(node.Url, StringComparison.Ordinal))
                person.Alarms.Add("request: " + request.Url);
        };
        return person;
    }

    /// <summary>Opens a page; the status that it was answered with.</summary>
    public async Task<int> GoAsync(string path) =>
        (await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.DOMContentLoaded }))!.Status;

    public async Task PressAsync(string button) =>
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();

    public async Task FillAsync(string field, string text) =>
        await page.Locator($"[name={field}]").First.FillAsync(text);

    public async Task FoundHiveAsync(string name, string title)
    {
        await GoAsync("/hives/new");
        await FillAsync("name", name);
        await FillAsync("title", title);
        await PressAsync("Start this hive");
        await ArriveAsync("/h/" + name);
    }

    /// <summary>Writes a post and answers the path of its thread.</summary>
    public async Task<string> PostAsync(string hive, string title, string content)
    {
        await GoAsync($"/h/{hive}/post");
        await FillAsync("title", title);
        await FillAsync("content", content);
        await PressAsync("Post");
        await ArriveAsync("/p/[^/]+");
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>Waits until the page's path ends like that.</summary>
    /// <remarks>Looked at again and again: what waits for a navigation misses one that has just happened.</remarks>
    public async Task ArriveAsync(string pattern) =>
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(pattern + "$"), new() { Timeout = 60_000 });

    public async Task SeeAsync(string text) => await Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>Waits until the page's script has run.</summary>
    public async Task WaitUntilReadyAsync() => await page.Locator("html[data-ready='1']")
        .WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Waits until the live socket is open: from here on, what changes must show by itself.</summary>
    public async Task WaitUntilLiveAsync() => await page.Locator("html[data-live='1']")
        .WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Waits until an expression of the page's script is true.</summary>
    public async Task UntilAsync(string condition) => await page.WaitForFunctionAsync($"() => {condition}");

    /// <summary>
    /// Presses play as a person does, since a browser plays sound for nobody else, until it plays: a browser that is
    /// late with its controls takes no notice of the first press.
    /// </summary>
    public async Task PlayAsync()
    {
        const int pressesMax = 3;
        await WaitUntilReadyAsync();
        for (var press = 1; await page.EvaluateAsync<bool>("film.paused"); press++)
        {
            await page.Locator("#film").FocusAsync();
            await page.Keyboard.PressAsync("Space");
            try
            {
                await page.WaitForFunctionAsync("() => !film.paused", null, new() { Timeout = 20_000 });
            }
            catch (TimeoutException) when (press < pressesMax)
            {
            }
        }

        var before = await page.EvaluateAsync<double>("film.currentTime");
        await UntilAsync(FormattableString.Invariant($"film.currentTime > {before}"));
    }
}
