namespace Anarchive.Node;

/// <summary>What people call this node. Its owner may change it while it runs, unless the start gave it.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class NodeName(NodeOptions options)
{
    private readonly Lock _changing = new();
    private volatile bool _isChanged;
    private volatile string _current = options.Name ?? Environment.MachineName;

    public string Current => _current;

    /// <summary>False where a variable or an option of the start names it: that goes before what is set.</summary>
    public bool CanChange => options.Name is null || options.Name == Kept() || _isChanged;

    /// <summary>Kept for the next starts, and in force from now on.</summary>
    /// <remarks>Codes: bad_name, name_given.</remarks>
    public Problem? Change(string name)
    {
        var setting = KnownSettings.All.Single(s => s.Key == "name");
        name = name.Trim();
        if (setting.Apply(options, name) is null)
            return new Problem("bad_name", 400, "A name has 1 to 64 characters on one line.");
        lock (_changing)
        {
            if (!CanChange && name != _current)
                return new Problem(
                    "name_given", 409,
                    "This node was started with a name of its own: change it there, or leave it out.");
            if (name == _current) return null;
            ConfigFile.Read(options.DataDirectory).Set(setting, name);
            (_current, _isChanged) = (name, true);
        }

        return null;
    }

    private string? Kept()
    {
        try
        {
            return ConfigFile.Read(options.DataDirectory).Values.GetValueOrDefault("name");
        }
        catch (StartRefusedException)
        {
            // Edited by hand meanwhile, and not readable as it stands: nothing is written over it.
            return null;
        }
    }
}
