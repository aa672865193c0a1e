using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>Numbers of things in sentences: one of them stands in the singular.</summary>
internal static class Counted
{
    /// <param name="thing">A noun in the singular whose plural only adds an s.</param>
    public static string Of(long number, string thing) => Of(number, thing, thing + "s");

    public static string Of(long number, string thing, string things) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? thing : things)}");

    /// <summary>The same for a number in one of the node's documents.</summary>
    public static string Count(this JsonObject document, string name, string thing) =>
        Of(document.Number(name), thing);
}
