using Anarchive.Node;
using Anarchive.Web;

namespace Anarchive.Cli;

/// <summary>What the owner set.</summary>
internal static class SettingChecks
{
    /// <summary>The settings in force, or why there are none.</summary>
    public static (NodeOptions? Options, Finding Finding) Settings(Home home)
    {
        try
        {
            var settings = ServeCommand.Settings(home, []);
            var set = settings.Values.Count(v => v.Source != SettingSource.Default);
            var options = settings.Apply(ServeCommand.Options(home));
            if (options.PageProxies.Count > 0 && options.AllowedHosts.Count == 0
                && HostGuard.IsLoopbackListen(options.Listen))
                return (options, Finding.Advice(
                    "settings", "A proxy is named and no host is: pages are refused under the proxy's name.",
                    "anarchive config set allowed_hosts NAME"));
            return (options, Finding.Ok("settings", set == 0 ? "all at their defaults" : $"{set} set, all valid"));
        }
        catch (StartRefusedException refused)
        {
            return (null, Finding.Problem("settings", refused.Message, "anarchive config unset KEY, or correct it"));
        }
    }
}
