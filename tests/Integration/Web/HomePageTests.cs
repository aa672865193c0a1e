using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The newest posts of every hive, page by page.</summary>
public sealed partial class HomePageTests
{
    [Fact]
    public async Task It_goes_on_to_older_posts_and_back_to_the_newest()
    {
        await using var node = await WebNode.StartAsync();
        var (agents, commands) = (node.Get<AgentRegistry>(), node.Get<HiveCommands>());
        var cancellation = TestContext.Current.CancellationToken;
        var owner = await agents.OwnerAsync(cancellation);
        Assert.Null((await commands.CreateHiveAsync(owner, "boats", "Boats", "", "per_agent", cancellation)).Problem);
        for (var n = 1; n <= WebLimits.PageDefault + 2; n++)
        {
            var posted = await commands.PostAsync(owner, "boats", $"Post no {n:00}", null, null, cancellation);
            Assert.Null(posted.Problem);
        }

        using var person = new Visitor(node);
        var first = (await person.SeeAsync("/")).Text;
        Assert.Equal(WebLimits.PageDefault, Row().Count(first));
        Assert.DoesNotContain("Post no 02", first);
        var next = Next().Match(first).Groups[1].Value;
        var second = await person.SeeAsync(next);
        Assert.Equal(200, second.Status);
        Assert.Contains("Post no 01", second.Text);
        Assert.DoesNotContain("Post no 03", second.Text);
        Assert.DoesNotContain("rel=\"next\"", second.Text);
        Assert.Contains("First page", second.Text);
        Assert.Equal(400, (await person.SeeAsync("/?cursor=nonsense")).Status);
    }

    [GeneratedRegex("class=\"post-row\"")]
    private static partial Regex Row();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();
}
