namespace Anarchive.Node;

/// <summary>A detection, from being asked for on. Any thread.</summary>
/// <param name="no">Later ones have higher numbers.</param>
internal sealed class DetectionJob(long no, DetectionView view)
{
    private readonly Lock _gate = new();
    private volatile DetectionView _view = view;

    public long No => no;

    public DetectionView View => _view;

    public bool IsRunning => _view.State == DetectionState.Running;

    /// <summary>The node ended before this did.</summary>
    public bool IsBrokenOff => _view.Problem?.Code == Detections.Interrupted.Code;

    public CancellationTokenSource Stop { get; } = new();

    public Task Running { get; set; } = Task.CompletedTask;

    public bool IsOf(IReadOnlySet<string> files) => _view.Files.Any(files.Contains);

    public void Change(Func<DetectionView, DetectionView> change)
    {
        lock (_gate) _view = change(_view);
    }

    /// <summary>Several files are listened to at once, and tell in any order.</summary>
    public void Tell(DetectionProgress told) => Change(v => v with
    {
        Step = told.Step,
        Progress = told.Listened < v.Listened ? v.Progress : told.Line,
        Listened = Math.Max(v.Listened, told.Listened),
    });
}
