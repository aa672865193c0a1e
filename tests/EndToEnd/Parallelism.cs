using Xunit;

// Browsers draw while nodes start: a third journey fills the moments in which both wait.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
