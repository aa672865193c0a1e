namespace Anarchive.Cli;

/// <summary>One line that changes in place while a person watches; otherwise only its last state is written.</summary>
internal sealed class Progress(Terminal terminal) : IDisposable
{
    private readonly Lock _gate = new();
    private string _last = "";
    private bool _ended;

    public void Tell(string line)
    {
        lock (_gate)
        {
            _last = line;
            if (terminal.Attended && !_ended) terminal.Remarks.Write($"\r{line}");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            if (_last.Length == 0) return;
            if (terminal.Attended) terminal.Remarks.WriteLine();
            else terminal.Remarks.WriteLine(_last);
        }
    }
}
