using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Plimsoll.Benchmarks.DotNet;

// In this process: its usual way writes, restores and builds a project of its own for each job.
var job = Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(200));
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
var reports = BenchmarkSwitcher.FromTypes([typeof(Products), typeof(Others)]).Run(args, config);
return reports.Any(report => report.HasCriticalValidationErrors) ? 1 : 0;
