Console.WriteLine("anarchive");
