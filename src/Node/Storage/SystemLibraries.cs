using System.Runtime.InteropServices;

namespace Anarchive.Node;

/// <summary>
/// Libraries written in C: the system's, which the distribution patches, else the ones that a published program brings
/// along for machines that have none.
/// </summary>
public static class SystemLibraries
{
    // libssl needs libcrypto, and finds the one that is loaded already by this very name.
    private static readonly string[] OpenSsl = ["libcrypto.so.3", "libssl.so.3"];

    /// <summary>
    /// Brings OpenSSL along where the machine has none. The runtime looks for it by name at its first use, so this
    /// comes before.
    /// </summary>
    public static void PrepareOpenSsl()
    {
        HasOpenSsl = NativeLibrary.TryLoad(OpenSsl[^1], out _);
        if (HasOpenSsl) return;
        foreach (var name in OpenSsl) Bundled(name);
    }

    /// <summary>True where the system has OpenSSL, or nobody has asked yet.</summary>
    public static bool HasOpenSsl { get; private set; } = true;

    /// <summary>Zero where neither the system nor the program has it.</summary>
    /// <param name="isSystem">True where the distribution keeps it patched.</param>
    internal static nint Load(string name, out bool isSystem)
    {
        isSystem = NativeLibrary.TryLoad(name, out var handle);
        return isSystem ? handle : Bundled(name);
    }

    private static nint Bundled(string name)
    {
        var places = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var place in places)
            if (NativeLibrary.TryLoad(Path.Combine(place, name), out var handle)) return handle;
        return 0;
    }
}
