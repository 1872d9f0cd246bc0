using System.Runtime.Intrinsics;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

// Prints a digest of every kernel on the path that this process runs; the argument names the path expected.
// Exit code 3: the process runs another one.
string path = Vector128.IsHardwareAccelerated ? InstructionSet.Name : InstructionSet.Name + " without intrinsics";
if (args.Length != 1 || args[0] != path)
{
    Console.Error.WriteLine($"expected the path '{string.Join(' ', args)}', but this process runs '{path}'");
    return 3;
}

foreach (var (name, digest) in Battery.Run())
{
    Console.WriteLine($"{name} {digest}");
}

return 0;
