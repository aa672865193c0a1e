using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>300 decisions of <c>git annex drop</c>, on real repositories, and what our rule makes of each.</summary>
public sealed class DropOracleTests(ITestOutputHelper output)
{
    private const string Data = "../shared/data/fleet/git-annex/drop_oracle.jsonl";

    [Fact]
    public void Its_own_rule_is_reproduced_in_all_300_decisions()
    {
        var cases = Read();
        var same = cases.Count(c => AnnexRule(c) == c.Allowed);
        output.WriteLine($"{same} of {cases.Count} as git-annex decided");
        Assert.Equal((300, 300), (same, cases.Count));
    }

    [Fact]
    public void Ours_allows_nothing_more_and_refuses_only_what_counted_unchecked_trust()
    {
        var cases = Read();
        var allowed = cases.Where(c => c.Allowed).ToList();
        var refused = allowed.Where(c => !Judge(c).IsAllowed).ToList();
        var deadly = allowed.Where(c => !c.Others.Any(r => r.Holds)).ToList();
        output.WriteLine(
            $"git-annex allowed {allowed.Count}; we refuse {refused.Count} of them, all of which counted trust "
            + $"unchecked; {deadly.Count} destroyed the last copy");
        Assert.Equal(3, deadly.Count);
        Assert.All(deadly, c => Assert.Contains(c, refused));
        Assert.All(deadly, c => Assert.Contains(c.Others, r => r.Trust == "trusted"));
        Assert.All(refused, c => Assert.True(CountedUncheckedTrust(c)));
        Assert.DoesNotContain(cases, c => !c.Allowed && Judge(c).IsAllowed);
    }

    /// <summary>Ours: a copy counts where its holder looked, now; what is untrusted or dead counts zero.</summary>
    private static DropAnswer Judge(Case drop) => DropRule.Judge(
        Math.Max(drop.Copies, drop.Locked),
        [.. drop.Others.Select((r, i) => new OtherCopy(
            new DeviceId(Hash256.Sha256([(byte)i])), CopyKind.Node,
            r.Presence == "absent" ? HoldingState.Gone : HoldingState.Present,
            r.Trust is "dead" or "untrusted" ? DeviceState.Retired : DeviceState.Active,
            IsVerified: r is { Holds: true, Reachable: true }, IsLocked: r is { Holds: true, Reachable: true }))]);

    /// <summary>
    /// git-annex 10, <c>isSafeDrop</c>: its log's word for trusted repositories, a look at the others that are
    /// neither untrusted nor dead; what is dropped elsewhere needs locks besides, and all of these can lock.
    /// </summary>
    private static bool AnnexRule(Case drop)
    {
        var copies = drop.Others.Count(r => r.Trust == "trusted"
            ? r.Presence != "absent"
            : r is { Trust: "semitrusted", Holds: true, Reachable: true });
        return copies >= Math.Max(drop.Copies, drop.Locked);
    }

    private static bool CountedUncheckedTrust(Case drop) =>
        drop.Others.Any(r => r.Trust == "trusted" && r.Presence != "absent" && !(r.Holds && r.Reachable));

    private static List<Case> Read()
    {
        var path = Path.GetFullPath(Path.Combine(Checkout.Root, Data));
        if (!File.Exists(path)) Assert.Skip("SKIPPED: fleet/git-annex/drop_oracle.jsonl is not in ../shared/data.");
        return [.. File.ReadLines(path).Select(ReadCase)];
    }

    private static Case ReadCase(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var here = root.GetProperty("here");
        var all = root.GetProperty("remotes").EnumerateObject().Select(r => (r.Name, Repository: Of(
            r.Value, r.Value.GetProperty("reachable").GetBoolean()))).Append(("here", Of(here, true)));
        var dropped = root.GetProperty("op").GetString() == "drop-here" ? "here" : "r1";
        return new Case(
            root.GetProperty("allowed").GetBoolean(), root.GetProperty("numcopies").GetInt32(),
            root.GetProperty("mincopies").GetInt32(), [.. all.Where(r => r.Item1 != dropped).Select(r => r.Item2)]);
    }

    private static Repository Of(JsonElement of, bool reachable) =>
        new(of.GetProperty("presence").GetString()!, of.GetProperty("trust").GetString()!, reachable);

    private sealed record Repository(string Presence, string Trust, bool Reachable)
    {
        public bool Holds => Presence == "has";
    }

    private sealed record Case(bool Allowed, int Copies, int Locked, IReadOnlyList<Repository> Others);
}
