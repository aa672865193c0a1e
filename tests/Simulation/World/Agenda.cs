namespace Anarchive.Tests.Simulation;

/// <summary>What will happen, in order of virtual time; within a millisecond, in order of planning.</summary>
internal sealed class Agenda
{
    // A run takes some 20,000; a loop at the speed of the wire would never end.
    private const int StepsMax = 500_000;

    private readonly PriorityQueue<Action, (long Ms, long Order)> _due = new();
    private long _order;
    private int _steps;

    /// <summary>Unix milliseconds. True time; a node's own clock may be wrong.</summary>
    public long NowMs { get; private set; } = 1_700_000_000_000;

    public void After(long ms, Action act) => _due.Enqueue(act, (NowMs + Math.Max(0, ms), ++_order));

    /// <summary>Lets time pass and everything happen that falls into it.</summary>
    public void Run(long ms)
    {
        var end = NowMs + ms;
        while (_due.TryPeek(out var act, out var at) && at.Ms <= end)
        {
            _due.Dequeue();
            NowMs = at.Ms;
            if (++_steps > StepsMax) throw new InvalidOperationException("The nodes never come to rest.");
            act();
        }

        NowMs = end;
    }
}
