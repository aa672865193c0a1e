using System.Text;
using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What must hold of a reading whatever the name was, and readings made comparable.</summary>
internal static class NameShape
{
    /// <summary>All of a reading as text: records compare their lists by reference.</summary>
    public static string Of(ReleaseName name) => string.Join('\n',
    [
        name.Title, string.Join('|', name.OtherTitles), $"{name.Year} {name.Season}-{name.LastSeason} {name.Part}",
        string.Join(',', name.Episodes), string.Join(',', name.Absolute), $"{name.Special} {name.AirDate}",
        name.Group, name.Checksum, $"{name.Kind} {name.Version}",
        $"{name.Quality.Lines} {name.Quality.IsInterlaced} {name.Quality.Source}",
        $"{name.Quality.IsRemux} {name.Quality.Video} {name.Quality.Hdr} {string.Join(',', name.Quality.Audio)}",
        $"{name.Quality.Container} {string.Join(',', name.Quality.Languages)}",
        $"{name.Quality.IsProper} {name.Quality.IsRepack}",
    ]);

    public static void Holds(ReleaseName name)
    {
        Assert.InRange(name.Title.Length, 0, NameText.CharsMax);
        Assert.InRange(name.OtherTitles.Count, 0, 8);
        Assert.All([name.Title, name.Group, .. name.OtherTitles], text =>
        {
            Assert.DoesNotContain(text, char.IsControl);
            // What half a pair is read as.
            Assert.DoesNotContain(Rune.ReplacementChar, text.EnumerateRunes());
        });
        Assert.InRange(name.Year ?? 1900, 1900, 2099);
        Assert.InRange(name.Season ?? 0, 0, 9999);
        Assert.InRange(name.LastSeason ?? 0, name.Season ?? 0, 9999);
        Assert.Equal(name.Season is null, name.LastSeason is null);
        Assert.InRange(name.Part ?? 1, 1, 99);
        Assert.InRange(name.Version, 1, 10);
        Assert.True(name.Season is not null || name.Episodes.Count == 0);
        Assert.InRange(name.Episodes.Count + name.Absolute.Count, 0, 3_000);
        Assert.Equal(name.Episodes.Distinct().Order(), name.Episodes);
        Assert.Equal(name.Absolute.Distinct().Order(), name.Absolute);
        Assert.All(name.Episodes, episode => Assert.InRange(episode, 0, 99_999));
        Assert.All(name.Absolute, number => Assert.InRange(number, 0, 99_999));
        Assert.True(name.Checksum.Length is 0 or 8);
        Assert.InRange(name.Quality.Lines ?? 480, 144, 4320);
        Assert.InRange(name.AirDate?.Year ?? 2000, 1900, 2099);
    }
}
