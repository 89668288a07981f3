return Bips.Benchmarks.Commands.Root().Parse(args).Invoke();
