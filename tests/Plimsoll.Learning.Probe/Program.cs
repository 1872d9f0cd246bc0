using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Plimsoll.Learning.Probe;
using Plimsoll.Numerics.Kernels;

// Prints the digests of the training programs on the path that this process runs. Arguments: the path expected, the
// number of threads, and sizes by name, commas between. Exit code 3: the process runs another path.
var path = InstructionSet.Name;
if (path == "scalar" && Fma.IsSupported) path += " with FMA";
if (!Vector128.IsHardwareAccelerated) path += " without intrinsics";
if (args.Length != 3 || args[0] != path)
{
    Console.Error.WriteLine($"expected a path, threads and sizes for '{path}', not '{string.Join("', '", args)}'");
    return 3;
}

foreach (var line in TrainingDigests.Lines(int.Parse(args[1], CultureInfo.InvariantCulture), args[2].Split(',')))
    Console.WriteLine(line);
return 0;
