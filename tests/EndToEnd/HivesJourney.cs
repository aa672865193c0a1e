using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>What a person does with hives, on one node and on two.</summary>
public sealed class HivesJourney : Journey
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_an_empty_node_to_a_thread_with_and_without_script(bool script)
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node, new() { JavaScriptEnabled = script });
        await person.GoAsync("/");
        await person.SeeAsync("Your node is running");
        await person.FoundHiveAsync("slow-cinema", "Slow cinema");
        await person.SeeAsync("Nothing is written here yet.");
        var thread = await person.PostAsync("slow-cinema", "Which scanner?", "For *9.5 mm* film.");
        await person.SeeAsync("0 comments");

        await person.PressAsync("Vote up");
        await Assertions.Expect(person.Page.Locator(".vote .score").First).ToHaveTextAsync("1");
        await person.PressAsync("Take back your vote up");
        await Assertions.Expect(person.Page.Locator(".vote .score").First).ToHaveTextAsync("0");

        await person.FillAsync("content", "A reply.");
        await person.PressAsync("Reply");
        await person.SeeAsync("A reply.");
        await person.Page.Locator(".comment").GetByRole(AriaRole.Link, new() { Name = "Edit" }).ClickAsync();
        await person.FillAsync("content", "A better reply.");
        await person.PressAsync("Save");
        await person.SeeAsync("A better reply.");
        await person.Page.Locator(".comment").GetByRole(AriaRole.Link, new() { Name = "Reply" }).ClickAsync();
        var field = person.Page.Locator(script ? ".comment textarea" : "textarea").First;
        await field.FillAsync("A reply to the reply.");
        await field.Locator("xpath=ancestor::form").GetByRole(AriaRole.Button, new() { Name = "Reply" }).ClickAsync();
        await person.SeeAsync("A reply to the reply.");

        var delete = person.Page.Locator(".comment").First.GetByRole(AriaRole.Link, new() { Name = "Delete" });
        await delete.First.ClickAsync();
        await person.PressAsync("Delete for good");
        await person.SeeAsync("Deleted.");
        await person.SeeAsync("A reply to the reply.");
        await person.GoAsync(thread);
        Assert.Equal(0, await person.Page.GetByText("A better reply.").CountAsync());
        Assert.Empty(person.Alarms);
    }

    [Fact]
    public async Task A_post_appears_on_the_other_node_without_a_reload()
    {
        await using var first = await RunningNode.StartAsync();
        await using var second = await RunningNode.StartAsync();
        var ines = await Person.AtAsync(Browser, first);
        var tomasz = await Person.AtAsync(Browser, second);
        await ines.FoundHiveAsync("slow-cinema", "Slow cinema");
        await ines.PostAsync("slow-cinema", "Before the invite", "Old.");
        await ines.GoAsync("/h/slow-cinema/settings");
        await ines.PressAsync("Make an invite");
        var invite = await ines.Page.Locator("#invite-text").InputValueAsync();

        await tomasz.GoAsync("/hives/join");
        await tomasz.FillAsync("invite", invite);
        await tomasz.PressAsync("Join this hive");
        await tomasz.ArriveAsync("/h/[^/]+");
        await tomasz.SeeAsync("Before the invite");
        await tomasz.WaitUntilLiveAsync();

        await ines.PostAsync("slow-cinema", "Written after", "New.");
        await tomasz.SeeAsync("Written after");
        await ines.SeeAsync("reached your peer");

        await tomasz.Page.GetByRole(AriaRole.Link, new() { Name = "Written after" }).ClickAsync();
        await tomasz.FillAsync("content", "Seen here.");
        await tomasz.PressAsync("Reply");
        await ines.SeeAsync("Seen here.");
        await Assertions.Expect(ines.Page.Locator("#comments-title")).ToHaveTextAsync("1 comment");
        await ines.GoAsync("/mesh");
        await ines.SeeAsync("In step");

        await tomasz.GoAsync("/hives/join");
        await tomasz.FillAsync("invite", invite);
        await tomasz.PressAsync("Join this hive");
        await Assertions.Expect(tomasz.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Keys_move_vote_fold_and_reply()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node);
        await person.FoundHiveAsync("keys", "Keys");
        await person.PostAsync("keys", "First", "");
        await person.PostAsync("keys", "Second", "");
        await person.GoAsync("/h/keys");
        await person.WaitUntilLiveAsync();
        var rows = person.Page.Locator(".post-row");
        await person.Page.Keyboard.PressAsync("j");
        await person.Page.Keyboard.PressAsync("j");
        await Assertions.Expect(rows.Nth(1)).ToHaveClassAsync("post-row at");
        await person.Page.Keyboard.PressAsync("a");
        await Assertions.Expect(rows.Nth(1).Locator(".score")).ToHaveTextAsync("1");
        await person.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(person.Page.Locator("dialog#keys")).ToBeVisibleAsync();
        await person.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(person.Page.Locator("dialog#keys")).ToBeHiddenAsync();
        await person.Page.Keyboard.PressAsync("n");
        await person.ArriveAsync("/h/keys/post");
        await person.GoAsync("/mesh");
        foreach (var (key, place) in new[] { ("n", "/net"), ("c", "/cache"), ("/", "/search"), ("h", "/") })
        {
            await person.Page.Keyboard.PressAsync("g");
            await person.Page.Keyboard.PressAsync(key);
            await person.ArriveAsync(place + "$");
        }
    }

    [Fact]
    public async Task A_vote_that_fails_late_does_not_call_back_a_reader_who_left()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node);
        await person.FoundHiveAsync("late", "Late");
        await person.PostAsync("late", "First", "");
        await person.GoAsync("/h/late");
        await person.WaitUntilLiveAsync();
        TaskCompletionSource left = new(), refused = new();
        await person.Page.RouteAsync("**/vote?**", async route =>
        {
            await left.Task;
            try
            {
                await route.AbortAsync();
            }
            finally
            {
                // A request whose page is being left may be gone already.
                refused.TrySetResult();
            }
        });
        await person.Page.RouteAsync("**/h/late/post", async route =>
        {
            left.SetResult();
            await refused.Task;
            await route.ContinueAsync();
        });
        await person.Page.Keyboard.PressAsync("a");
        await person.Page.Keyboard.PressAsync("n");
        await person.ArriveAsync("/h/late/post");
    }

    [Fact]
    public async Task Hostile_text_in_every_field_raises_no_dialog_and_no_foreign_request()
    {
        const string Hostile = "\"><img src=https://evil.example/x onerror=alert(1)><script>alert(2)</script>"
            + "[x](javascript:alert(3)) ![i](https://evil.example/i.png) \u202egpj";
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/settings");
        await person.FillAsync("name", Hostile[..60]);
        await person.PressAsync("Save your name");
        await person.GoAsync("/hives/new");
        await person.FillAsync("name", "hostile");
        await person.FillAsync("title", Hostile[..100]);
        await person.FillAsync("description", Hostile);
        await person.PressAsync("Start this hive");
        await person.ArriveAsync("/h/hostile");
        // A title is one line without marks that turn the writing direction; a text may hold them.
        var title = Hostile.Replace("\u202e", "", StringComparison.Ordinal);
        var thread = await person.PostAsync("hostile", title, Hostile + new string('[', 30_000));
        await person.FillAsync("content", Hostile);
        await person.PressAsync("Reply");
        await person.SeeAsync("1 comment");
        string[] pages = ["/", "/h/hostile", thread, "/h/hostile/settings", "/mesh", "/settings",
            "/search?q=" + Uri.EscapeDataString(Hostile), "/search?q=gpj", "/h/%3Cscript%3Ealert(1)%3C%2Fscript%3E"];
        foreach (var path in pages)
        {
            await person.GoAsync(path);
            Assert.Equal(0, await person.Page.Locator("main img, main script, main iframe, [onerror]").CountAsync());
            Assert.Equal(0, await person.Page.Locator("a[href^='javascript' i]").CountAsync());
        }

        Assert.Empty(person.Alarms);
    }
}
