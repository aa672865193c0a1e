using Anarchive.Fleet;

namespace Anarchive.Tests.Simulation;

/// <summary>What can happen next in a world: the real machines are stepped, everything around them is played.</summary>
internal sealed class ModelSteps(Scenario scenario)
{
    private readonly ReleaseTimes _times = scenario.Times;

    public IEnumerable<(string What, ModelWorld World)> Next(ModelWorld world)
    {
        yield return ("time passes", Pass(world));
        for (var i = 0; i < world.Sites.Count; i++)
        {
            foreach (var next in Own(world, i)) yield return next;
            foreach (var next in Faults(world, i)) yield return next;
        }

        for (var at = 0; at < world.Wire.Count; at++)
        {
            var letter = world.Wire[at];
            if (!world.Sites[letter.To].IsUp) continue;
            var rest = world with { Wire = [.. world.Wire.Where((_, i) => i != at)] };
            yield return ($"{letter.To} hears {letter.From}", Deliver(rest, letter));
            if (world.Left.Duplicates == 0) continue;
            var again = world with { Left = world.Left with { Duplicates = world.Left.Duplicates - 1 } };
            yield return ($"{letter.To} hears {letter.From}, not for the last time", Deliver(again, letter));
        }
    }

    private IEnumerable<(string What, ModelWorld World)> Own(ModelWorld world, int i)
    {
        var site = world.Sites[i];
        if (site.Kind == CopyKind.Agentless) yield break;
        if (!site.IsUp)
        {
            yield return ($"{i} starts anew", Restart(world, i));
            yield break;
        }

        if (i < scenario.Releasers && site.Begun < scenario.Attempts && site.Release is null
            && site.Place == Place.Present && MachinesOf(site).WhyNot(Scenario.Item, site.Clock) is null)
            yield return ($"{i} begins", Begin(world, i));
        if (site.Work != DiskWork.None) yield return ($"{i}: {site.Work}", Disk(world, i));
        if (site.Reported is not null) yield return ($"{i} is told", Report(world, i));
        if (site.Release is not null && site.Work == DiskWork.None && site.Reported is null
            && Tick(world, i) is { } ticked) yield return ($"{i} looks at its clock", ticked);
        if (scenario.Hearing != Hearing.AnyTime) yield break;
        for (var j = 0; j < world.Sites.Count; j++)
            if (site.Knows[j] != world.Sites[j].Holds)
                yield return ($"{i} hears of {j}'s copy", world.With(i, Heard(site, j, world.Sites[j].Holds)));
    }

    private IEnumerable<(string What, ModelWorld World)> Faults(ModelWorld world, int i)
    {
        var (site, left) = (world.Sites[i], world.Left);
        var isNode = site.Kind == CopyKind.Node;
        // Against the loss of what is locked at this very moment no protocol helps.
        var isPromised = site.HasLive(_times.TtlMs);
        if (left.Crashes > 0 && site.IsUp && isNode)
            yield return ($"{i} crashes", Struck(
                world, i, site with { IsUp = false, Reported = null, Work = DiskWork.None },
                left with { Crashes = left.Crashes - 1 }, isLoss: false));
        if (left.Losses > 0 && site is { IsGood: true, Place: Place.Present } && !isPromised)
            yield return ($"{i} loses bytes", Struck(
                world, i, site with { IsGood = false, LooksGood = false },
                left with { Losses = left.Losses - 1 }, isLoss: true));
        if (left.Unplugs > 0 && site.IsPlugged && isNode && !isPromised)
            yield return ($"{i} is unplugged", Struck(
                world, i, site with { IsPlugged = false }, left with { Unplugs = left.Unplugs - 1 }, isLoss: true));
        if (!site.IsPlugged) yield return ($"{i} is plugged in", world.With(i, site with { IsPlugged = true }));
        if (left.Lies == 0 || site.Release is not { Stage: ReleaseStage.Asking } open) yield break;
        for (var k = 0; k < world.Sites.Count; k++)
            for (var liar = 0; liar < world.Sites.Count; liar++)
                if (k != i && liar != i && liar != k)
                    yield return ($"{liar} speaks for {k} to {i}", Lied(world, i, liar, k, open));
    }

    private static ModelWorld Struck(ModelWorld world, int i, Site site, Budget left, bool isLoss) =>
        world.With(i, site) with { Left = left, HasFault = world.HasFault || isLoss };

    private static ModelWorld Lied(ModelWorld world, int to, int liar, int of, ReleaseProgress open)
    {
        var lie = new LockAnswer(world.Sites[of].Id, open.Intent, open.Ask, null);
        return world with
        {
            Left = world.Left with { Lies = world.Left.Lies - 1 },
            Wire = [.. world.Wire, new Letter(to, liar, null, lie)],
        };
    }

    private static ModelWorld Pass(ModelWorld world) => world with
    {
        Sites = [.. world.Sites.Select(s => s with { Clock = s.Clock + s.Rate })],
    };

    private ModelWorld Begin(ModelWorld world, int i)
    {
        var site = world.Sites[i];
        var machines = MachinesOf(site);
        var effects = machines.Begin(
            Scenario.Item, Scenario.Intent(i, site.Begun), (ulong)site.Asks, View(world, i), site.Clock);
        var begun = site with { Begun = site.Begun + 1, Asks = site.Asks + 1 };
        return Apply(world.With(i, begun), i, machines, effects);
    }

    private ModelWorld? Tick(ModelWorld world, int i)
    {
        var (site, machines) = (world.Sites[i], MachinesOf(world.Sites[i]));
        var effects = machines.Step(
            Scenario.Item, new ReleaseInput.Tick(site.Clock, (ulong)site.Asks, View(world, i)));
        if (effects.Count == 0 && machines.Releases.FirstOrDefault() == site.Release) return null;
        var asked = effects.Any(e => e is ReleaseEffect.AskLock) ? 1 : 0;
        return Apply(world.With(i, site with { Asks = site.Asks + asked }), i, machines, effects);
    }

    private ModelWorld Deliver(ModelWorld world, Letter letter)
    {
        var i = letter.To;
        var (site, machines) = (world.Sites[i], MachinesOf(world.Sites[i]));
        if (letter.Answer is { } answer)
            return Apply(world, i, machines, machines.Step(Scenario.Item, new ReleaseInput.Answered(
                site.Clock, world.Sites[letter.From].Id, answer, View(world, i))));
        var mine = new FoundCopy(
            site.Holds, site.State, site.IsVerified, site.IsPlugged, site.IsPlugged && site.LooksGood);
        var answered = machines.Answer(letter.Request!, mine, site.Clock);
        return Apply(world, i, machines, []) is var next
            ? next with { Wire = [.. next.Wire, new Letter(letter.From, i, null, answered)] }
            : next;
    }

    /// <summary>The disk acts; a crash before or after it is another step.</summary>
    private ModelWorld Disk(ModelWorld world, int i)
    {
        var site = world.Sites[i];
        var done = site with { Work = DiskWork.None, Reported = Site.Fine };
        if (site.Work != DiskWork.Restore && site.Clock > site.By) done = done with { Reported = ReleaseCodes.TooLate };
        else if (!site.IsPlugged) done = done with { Reported = ReleaseCodes.VolumeAbsent };
        else if (site.Work == DiskWork.Restore && site.Place == Place.Deleted)
            done = done with { Reported = ReleaseCodes.BytesMissing };
        else
            done = done with
            {
                Place = site.Work switch
                {
                    DiskWork.SetAside => Place.Aside,
                    DiskWork.Purge => Place.Deleted,
                    _ => Place.Present,
                },
            };
        var acted = site.Work != DiskWork.Restore && done.Place != site.Place;
        var next = Tell(world.With(i, done), i);
        return acted ? next with { Violation = Harm(next, i) } : next;
    }

    private ModelWorld Report(ModelWorld world, int i)
    {
        var (site, machines) = (world.Sites[i], MachinesOf(world.Sites[i]));
        var code = site.Reported!.Length == 0 ? null : site.Reported;
        var effects = machines.Step(Scenario.Item, new ReleaseInput.Done(site.Clock, code));
        return Apply(world.With(i, site with { Reported = null }), i, machines, effects);
    }

    private ModelWorld Restart(ModelWorld world, int i)
    {
        var site = world.Sites[i] with { IsUp = true, Clock = 0 };
        var machines = new DeviceReleases(site.Id, _times);
        machines.RestartLocks(world.Sites[i].Locks, 0);
        // No clock says how long the quarantine lasted: let it be over.
        var effects = site.Release is { } stored ? machines.RestartRelease(stored, 0, 9) : [];
        return Apply(world.With(i, site), i, machines, effects);
    }

    private DeviceReleases MachinesOf(Site site) =>
        new(site.Id, _times, site.Locks, site.Release is { } release ? [release] : []);

    private static ModelWorld Apply(
        ModelWorld world, int i, DeviceReleases machines, IReadOnlyList<ReleaseEffect> effects)
    {
        var site = world.Sites[i] with
        {
            Release = machines.Releases.FirstOrDefault(),
            Locks = [.. machines.Locks],
        };
        var wire = world.Wire.ToList();
        foreach (var effect in effects)
            switch (effect)
            {
                case ReleaseEffect.AskLock ask:
                    wire.Add(new Letter(IndexOf(world, ask.Holder), i, ask.Request, null));
                    break;
                case ReleaseEffect.SetAside aside:
                    site = site with { Work = DiskWork.SetAside, By = aside.ByMs };
                    break;
                case ReleaseEffect.Purge purge:
                    site = site with { Work = DiskWork.Purge, By = purge.ByMs };
                    break;
                case ReleaseEffect.Restore:
                    site = site with { Work = DiskWork.Restore };
                    break;
                default:
                    break;
            }

        // A letter that nobody waits for any more can only add a lock, which only forbids.
        wire.RemoveAll(l => !IsAwaited(l, l.Request is null ? l.To : l.From));
        return world.With(i, site) with { Wire = wire };

        bool IsAwaited(Letter letter, int by) =>
            (by == i ? site : world.Sites[by]).Release is { } release
            && release.Ask == (letter.Request?.Ask ?? letter.Answer!.Ask)
            && release.Intent == (letter.Request?.Intent ?? letter.Answer!.Intent)
            && release.Stage is ReleaseStage.Asking or ReleaseStage.Waiting or ReleaseStage.AskingAgain;
    }

    private ModelWorld Tell(ModelWorld world, int of) => scenario.Hearing != Hearing.AtOnce
        ? world
        : world with { Sites = [.. world.Sites.Select(s => Heard(s, of, world.Sites[of].Holds))] };

    private static Site Heard(Site site, int of, HoldingState state)
    {
        var knows = site.Knows.ToArray();
        knows[of] = state;
        return site with { Knows = knows };
    }

    private ReleaseView View(ModelWorld world, int i) => new(
        scenario.Floor,
        [.. world.Sites.Index().Where(s => s.Index != i).Select(s => new OtherCopy(
            s.Item.Id, s.Item.Kind, world.Sites[i].Knows[s.Index], s.Item.State, s.Item.IsVerified,
            IsLocked: false))],
        IsFrozen: false, world.Sites[i].IsPlugged);

    private static int IndexOf(ModelWorld world, DeviceId id) =>
        world.Sites.Index().First(s => s.Item.Id == id).Index;

    /// <summary>What was just set aside or deleted: the floor has to be elsewhere, and locked for it.</summary>
    private string? Harm(ModelWorld world, int i)
    {
        var intent = world.Sites[i].Release!.Intent;
        var others = world.Sites.Where((s, j) => j != i).ToList();
        var locked = others.Count(s => s.Counts && s.Kind == CopyKind.Node && s.HasLive(intent, _times.TtlMs));
        var unlockable = others.Count(s => s.Kind == CopyKind.Agentless && s.Place == Place.Present);
        if (!others.Any(s => s.Counts)) return "the last copy was taken away";
        if (locked + Math.Min(unlockable, scenario.Floor - 1) < scenario.Floor)
            return others.Count(s => s.Counts) < scenario.Floor
                ? "fewer copies than the floor are left"
                : "a copy was taken away that was not locked elsewhere";
        return null;
    }
}
