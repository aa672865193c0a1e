using System.Security.Cryptography;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary>A row that was refused, without what it says.</summary>
/// <param name="Line">From 1, the header among them.</param>
internal sealed record RefusedRow(long Line, AniSkipGate Gate, string Fault);

/// <summary>A dump of AniSkip's, judged row by row.</summary>
internal sealed record AniSkipFile(
    string Name, string Sha256, AniSkipDump Dump, IReadOnlyList<AniSkipRow> Accepted, IReadOnlyList<RefusedRow> Refused)
{
    /// <summary>Fifty times as much as the largest one known.</summary>
    private const long BytesMax = 256L * 1024 * 1024;

    /// <exception cref="CliFailure"><c>no_file</c>, <c>dump_too_large</c> or <c>not_a_dump</c>.</exception>
    public static AniSkipFile Read(string path)
    {
        if (!File.Exists(path)) throw CliFailure.CannotRun("no_file", "There is no such file.");
        using var from = File.OpenRead(path);
        if (from.Length > BytesMax)
            throw CliFailure.Refused("dump_too_large", "The file has more than 256 MiB: it is no dump of AniSkip's.");
        var sha = Convert.ToHexStringLower(SHA256.HashData(from));
        from.Position = 0;
        using var reader = new StreamReader(from);
        if (reader.ReadLine() != AniSkipDump.Header)
            throw CliFailure.Refused("not_a_dump", "Its first line is not the header of a dump of AniSkip's.");
        var dump = new AniSkipDump();
        var accepted = new List<AniSkipRow>();
        var refused = new List<RefusedRow>();
        for (var line = 2L; reader.ReadLine() is { } text; line++)
        {
            if (dump.Take(text, out var gate) is { } row) accepted.Add(row);
            else refused.Add(new RefusedRow(line, gate, dump.Fault));
        }

        return new AniSkipFile(Path.GetFileName(path), sha, dump, accepted, refused);
    }

    /// <summary>How many markers would reach each level, each provider a friend and nothing else known.</summary>
    public IReadOnlyDictionary<MergeLevel, int> Levels()
    {
        var registers = new MarkerRegisters();
        var place = 0L;
        foreach (var row in Accepted)
            registers.Offer(
                row.Provider, VoterRing.Friend, row.Marker,
                new VoteOrder(0, (ulong)row.Submitted, $"{place++:D16}"));
        var counts = Enum.GetValues<MergeLevel>().ToDictionary(l => l, _ => 0);
        var question = new MergeQuestion();
        foreach (var slot in registers.Slots) counts[registers.Merge(slot, question).Level]++;
        return counts;
    }
}
