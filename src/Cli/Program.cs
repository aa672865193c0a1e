using Anarchive.Cli;

using var stop = new StopSignal();
return await CommandLine.RunAsync(args, Terminal.Process(), stop.Token);
