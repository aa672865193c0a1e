using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>Devices with real machines, and letters that arrive when the test says so.</summary>
internal sealed class ReleaseWorld
{
    public static readonly ReleaseTimes Times = ReleaseTimes.Default;
    public static readonly ItemId Item = new(Hash256.Sha256("item"u8));
    public static readonly FoundCopy Fine = new(HoldingState.Present, DeviceState.Active, true, true, true);

    private readonly DeviceReleases[] _devices;
    private ulong _asks;

    public ReleaseWorld(int devices, int floor)
    {
        _devices = [.. Enumerable.Range(0, devices).Select(i => new DeviceReleases(Id(i), Times))];
        Floor = floor;
    }

    public int Floor { get; set; }

    public bool IsFrozen { get; set; }

    public long Now { get; set; } = 1_000_000;

    public List<(int From, ReleaseEffect.AskLock Ask)> Asked { get; } = [];

    public List<ReleaseEffect> Effects { get; } = [];

    public ReleaseProgress? Of(int device) => _devices[device].Releases.FirstOrDefault();

    public DeviceReleases At(int device) => _devices[device];

    public static DeviceId Id(int device) => new(Hash256.Sha256([(byte)device]));

    public static EventRef Intent(int device) =>
        new(new ChainId(new NodeId(Id(device).Value), default), 1, (ulong)device);

    public string? Begin(int device)
    {
        if (_devices[device].WhyNot(Item, Now) is { } code) return code;
        Take(device, _devices[device].Begin(Item, Intent(device), ++_asks, View(device), Now));
        return null;
    }

    public void Tick(int device) => Step(device, new ReleaseInput.Tick(Now, ++_asks, View(device)));

    public void Done(int device, string? code = null) => Step(device, new ReleaseInput.Done(Now, code));

    public void TakeBack(int device) => Step(device, new ReleaseInput.TakeBack(Now));

    /// <summary>All requests reach holders that find their copies so, and then all answers come back.</summary>
    public void Deliver(FoundCopy? found = null)
    {
        var answers = Asked.ConvertAll(a => (a.From, a.Ask.Holder, Answer: Array
            .Find(_devices, d => d.Self == a.Ask.Holder)!.Answer(a.Ask.Request, found ?? Fine, Now)));
        Asked.Clear();
        foreach (var (to, holder, answer) in answers) Hear(to, holder, answer);
    }

    public void Hear(int device, DeviceId signer, LockAnswer answer) =>
        Step(device, new ReleaseInput.Answered(Now, signer, answer, View(device)));

    /// <summary>Until its copy is in quarantine.</summary>
    public void SetAside(int device)
    {
        Begin(device);
        Deliver();
        Now += Times.WaitMs;
        Tick(device);
        Done(device);
    }

    public void Restart(
        int device, IReadOnlyList<GrantedLock> locks, ReleaseProgress? stored, long quarantinedForMs = 0)
    {
        Now = 0;
        _devices[device] = new DeviceReleases(Id(device), Times);
        _devices[device].RestartLocks(locks, Now);
        if (stored is not null) Take(device, _devices[device].RestartRelease(stored, Now, quarantinedForMs));
    }

    private void Step(int device, ReleaseInput input) => Take(device, _devices[device].Step(Item, input));

    private void Take(int device, IReadOnlyList<ReleaseEffect> effects)
    {
        foreach (var effect in effects)
            if (effect is ReleaseEffect.AskLock ask) Asked.Add((device, ask));
            else Effects.Add(effect);
    }

    private ReleaseView View(int device) => new(
        Floor,
        [.. _devices.Where((_, i) => i != device).Select(d => new OtherCopy(
            d.Self, CopyKind.Node, HoldingState.Present, DeviceState.Active, IsVerified: true, IsLocked: false))],
        IsFrozen, IsVolumePresent: true);
}
