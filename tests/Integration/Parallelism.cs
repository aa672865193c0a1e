using Xunit;

// Most of these tests wait for other processes, so more of them run at once than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 5)]
