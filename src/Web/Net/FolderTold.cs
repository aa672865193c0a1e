using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A word on a folder that is told before it is done.</summary>
public sealed record FolderTold(FolderWord Word, FolderEffect Effect)
{
    /// <summary>What the form sends back, so that no more is done than was told.</summary>
    public static string Mark(FolderEffect effect) =>
        string.Create(CultureInfo.InvariantCulture, $"{effect.Taken}-{effect.ByHand}-{effect.IsUnmarked}");
}
