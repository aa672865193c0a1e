namespace Anarchive.Cli;

/// <summary>What a load test does, and for how long. Rates are of all writers or readers together.</summary>
internal sealed record LoadPlan(
    int Hives, int Peers, int Writers, int Readers, double WritesPerSecond, double ReadsPerSecond, TimeSpan Time);
