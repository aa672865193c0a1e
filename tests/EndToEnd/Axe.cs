using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Deque's axe on an open page.</summary>
/// <remarks>
/// Its package for browsers opens a second page each time, and brings back all that is well besides: five times the
/// work. No page here has a frame, which is all that the second one is for.
/// </remarks>
internal static class Axe
{
    private const string Run =
        """
        rules => axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
          .then(found => JSON.stringify(found.violations.map(
            v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' '))))
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>The rules that a theme can break; the others find the same in the dark as in the light.</summary>
    public static string[] Colours { get; } = ["color-contrast", "link-in-text-block"];

    /// <summary>What violates a rule, with the first three elements that do.</summary>
    /// <param name="rules">All where none is named.</param>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, string[]? rules = null)
    {
        await page.EvaluateAsync(Script);
        var found = await page.EvaluateAsync<string>(Run, rules);
        return JsonSerializer.Deserialize<List<string>>(found)!;
    }
}
