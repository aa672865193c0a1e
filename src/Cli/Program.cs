using Anarchive.Cli;
using Anarchive.Node;

SystemLibraries.PrepareOpenSsl();
using var stop = new StopSignal();
return await CommandLine.RunAsync(args, Terminal.Process(), stop.Token);
