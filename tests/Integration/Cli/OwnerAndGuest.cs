using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Two nodes at work: the owner of a hive, cats, and a guest who has joined it and is in step.</summary>
public abstract class OwnerAndGuest : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-two-");

    protected OwnerAndGuest() => (Owner, Guest) = (At("owner"), At("guest"));

    private protected NodeAtWork Owner { get; }

    private protected NodeAtWork Guest { get; }

    public virtual async ValueTask InitializeAsync()
    {
        await Owner.Start();
        await Guest.Start();
        await Owner.Done("hive", "create", "cats");
        await Guest.Join(Owner, "cats");
        await NodeAtWork.Agree(Owner, Guest);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        await Guest.DisposeAsync();
        _scratch.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A third node, not started.</summary>
    private protected NodeAtWork At(string name) => new(Path.Combine(_scratch.FullName, name));
}
