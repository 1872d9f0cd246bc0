using System.Reflection;
using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>
/// The same battery for every public kernel (docs/decisions/2026-11-20-kernel-battery.md): every size from 0
/// to 256 against guard pages on either side, in place wherever that is allowed, and every special value in
/// every buffer, each equal to the scalar specification to the bit. <see cref="InstructionSetTests"/> repeats
/// it in other processes.
/// </summary>
[Platform("Linux")]
public sealed unsafe class BatteryTests
{
    private const int LargestSize = 256;

    private static IEnumerable<KernelCase> Cases => KernelTable.Cases;

    [TestCaseSource(nameof(Cases))]
    public void Equals_its_specification_at_every_size_between_guard_pages(KernelCase kernel)
    {
        using var memory = new Memory(kernel);
        foreach (var n in Enumerable.Range(0, LargestSize + 1).DistinctBy(kernel.Lengths))
        {
            var data = kernel.Data(n);
            var expected = KernelCase.Run(kernel.Reference, data, n);
            foreach (var atEnd in new[] { true, false })
                Compare(kernel, memory.Run(data, n, atEnd, null), expected,
                    $"size {n}, {(atEnd ? "page after" : "page before")}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void May_write_over_the_sources_that_its_row_names(KernelCase kernel)
    {
        if (kernel.InPlace.Length == 0) Assert.Pass("its contract names none");
        using var memory = new Memory(kernel);
        foreach (var n in new[] { 0, 1, 15, 16, 37, 100, LargestSize })
        {
            foreach (var (written, read) in kernel.InPlace)
            {
                var data = kernel.Data(n);
                // The destination's own values are gone; the specification never sees them.
                data[written] = [.. data[read]];
                var expected = KernelCase.Run(kernel.Reference, data, n);
                var actual = memory.Run(data, n, true, (written, read));
                actual[read] = expected[read];
                Compare(kernel, actual, expected, $"size {n}, {written} over {read}");
            }
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Treats_each_special_value_as_its_specification_does(KernelCase kernel)
    {
        if (!kernel.Buffers.Any(b => b.TakesSpecials)) Assert.Pass("it takes no numbers");
        using var memory = new Memory(kernel);
        foreach (var (what, data) in Battery.Planted(kernel))
        {
            var expected = KernelCase.Run(kernel.Reference, data, Battery.SpecialSize);
            Compare(kernel, memory.Run(data, Battery.SpecialSize, true, null), expected, what);
        }
    }

    [Test]
    public void Every_public_kernel_has_a_row()
    {
        var kernels = typeof(Elementwise).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == typeof(Elementwise).Namespace || t == typeof(Philox) || t == typeof(Initialisers))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => m.GetParameters().Any(p => p.ParameterType.IsPointer))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}").Distinct().ToList();
        Assert.Multiple(() =>
        {
            Assert.That(
                kernels.Except(Cases.Select(c => c.Method)), Is.Empty,
                    "add rows to tests/Plimsoll.Numerics.Probe/KernelTable");
            Assert.That(Cases.Select(c => c.Method).Except(kernels), Is.Empty, "rows of no kernel");
            Assert.That(Cases.Select(c => c.Name), Is.Unique);
        });
    }

    [Test]
    public void A_write_beside_a_buffer_is_seen_on_the_open_side()
    {
        using var pages = new GuardPages(10);
        foreach (var atEnd in new[] { true, false })
        {
            var start = pages.Place(new float[10], atEnd);
            Assert.That(GuardPages.IsIntact(start, 10, atEnd), Is.True);
            start[atEnd ? -1 : 10] = 1f;
            Assert.That(GuardPages.IsIntact(start, 10, atEnd), Is.False);
        }
    }

    private static void Compare(KernelCase kernel, float[][] actual, float[][] expected, string what)
    {
        for (var i = 0; i < expected.Length; i++)
            Equality.AssertSameBits(actual[i], expected[i], $"{kernel}, buffer {i}, {what}");
    }

    /// <summary>Guarded memory for the buffers of a row.</summary>
    private sealed class Memory(KernelCase kernel) : IDisposable
    {
        private readonly GuardPages[] pages = [.. kernel.Buffers.Select(b => new GuardPages(b.Length(LargestSize)))];

        /// <summary>Runs the kernel; what its buffers hold then.</summary>
        internal float[][] Run(float[][] data, int n, bool atEnd, (int Written, int Read)? shared)
        {
            var pointers = new float*[data.Length];
            for (var i = 0; i < data.Length; i++) pointers[i] = pages[i].Place(data[i], atEnd);
            if (shared is var (written, read)) pointers[written] = pointers[read];
            kernel.Kernel(pointers, n);
            var results = new float[data.Length][];
            for (var i = 0; i < data.Length; i++)
            {
                results[i] = new ReadOnlySpan<float>(pointers[i], data[i].Length).ToArray();
                if (!GuardPages.IsIntact(pointers[i], data[i].Length,
                    atEnd)) Assert.Fail($"{kernel} wrote beside buffer {i} at size {n}");
            }
            return results;
        }

        public void Dispose()
        {
            foreach (var page in pages) page.Dispose();
        }
    }
}
