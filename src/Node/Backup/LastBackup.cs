using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>When a backup of a data directory was made last; a small file beside the database remembers it.</summary>
public static class LastBackup
{
    public const string FileName = "last-backup";

    /// <summary>Null where none was made, or the file says no moment.</summary>
    public static DateTimeOffset? Of(string home)
    {
        var path = Path.Combine(home, FileName);
        return File.Exists(path)
            && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
    }

    /// <summary>A backup that is whole is not taken back because this cannot be written.</summary>
    internal static void Note(string home, long madeMs)
    {
        try
        {
            DurableFile.Replace(
                Path.Combine(home, FileName),
                Encoding.ASCII.GetBytes(madeMs.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch (IOException)
        {
            // The next check says that none was made here: one too many does no harm.
        }
    }
}
