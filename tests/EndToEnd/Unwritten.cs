using Microsoft.Playwright;

namespace Anarchive.Tests.EndToEnd;

/// <summary>
/// Finds what a page says past its catalog, in the pseudo-locale, which puts ⟦brackets⟧ around all the rest.
/// </summary>
internal static class Unwritten
{
    /// <summary>The cookie with which a page is drawn in the pseudo-locale.</summary>
    public static Cookie CookieFor(RunningNode node) => new() { Name = "language", Value = "qps-ploc", Url = node.Url };

    /// <summary>
    /// Letters outside brackets, but for what people and programs named: elements with a direction of their own, codes,
    /// times, languages' own names.
    /// </summary>
    public static async Task<string[]> OnAsync(IPage page) => await page.EvaluateAsync<string[]>(
        """
        () => {
          const named = "bdi, [dir], code, pre, kbd, time, samp, [lang]:not(html), script, noscript, style, .brand, "
            + ".prose, .peer-name, [translate=no]";
          const found = new Set();
          let depth = 0;
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const text = walk.currentNode.data;
            const said = depth > 0 || text.includes("⟦");
            for (const letter of text) depth += letter === "⟦" ? 1 : letter === "⟧" ? -1 : 0;
            if (said || !/\p{L}{2,}/u.test(text.replace(/\d [kMGT]B/g, ""))) continue;
            if (walk.currentNode.parentElement.closest(named)) continue;
            found.add(text.trim().slice(0, 80));
          }
          for (const name of ["title", "aria-label", "placeholder", "data-label", "alt"])
            for (const element of document.querySelectorAll(`body [${name}]`)) {
              const text = element.getAttribute(name);
              if (/\p{L}{2,}/u.test(text) && !text.includes("⟦") && !element.closest("time, [translate=no]")
                && (name !== "placeholder" || text.includes(" ")))
                found.add(`${name}="${text.slice(0, 80)}"`);
            }
          return [...found];
        }
        """);
}
