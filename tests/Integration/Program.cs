using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Anarchive.Tests.Integration;

/// <summary>Runs the tests, or, in a process of its own, a program that a test watches from outside.</summary>
internal static class Program
{
    /// <summary>Before the name of a watched program.</summary>
    public const string Watched = "watched";

    private static readonly Dictionary<string, Func<Task>> Programs = new()
    {
        [StoreWriter.Name] = StoreWriter.Run,
        [InterruptedUpgradeTests.Name] = InterruptedUpgradeTests.Run,
        [NthCallCampaign.Name] = NthCallCampaign.Run,
        [KilledCarrierTests.Name] = KilledCarrierTests.Run,
        [LinkRelay.Name] = LinkRelay.Run,
        [CodingTests.Name] = CodingTests.Run,
    };

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is [Watched, var name])
        {
            await Programs[name]();
            return 0;
        }

        return arguments.Any(argument => argument is "-automated" or "@@")
            ? await ConsoleRunner.Run(arguments)
            : await TestPlatformTestFramework.RunAsync(
                arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
