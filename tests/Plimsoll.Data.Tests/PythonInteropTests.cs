using System.Globalization;

namespace Plimsoll.Data.Tests;

/// <summary>An independent writer and reader of HDF5 and of safetensors: h5py and plain Python.</summary>
public sealed class PythonInteropTests
{
    private const string WriteTypes = """
        import sys, h5py, numpy as np
        n = 7
        rng = np.random.RandomState(3)
        obs = rng.randn(n + 1, 2)
        ends = np.array([0, 0, 1, 0, 0, 0, 1])
        with h5py.File(sys.argv[1], 'w', libver=sys.argv[2]) as f:
            k = dict(compression='gzip', shuffle=True, chunks=True) if sys.argv[3] == 'packed' else {}
            f.create_dataset('observations', data=obs[:-1], **k)
            f.create_dataset('next_observations', data=obs[1:].astype('>f4'), **k)
            f.create_dataset('actions', data=(rng.rand(n, 1) - 0.5).astype('f2'), **k)
            f.create_dataset('rewards', data=np.arange(n, dtype='i8').reshape(n, 1) - 3, **k)
            f.create_dataset('costs', data=np.array([0, 1, 0, 1, 1, 0, 1], 'u1'), **k)
            f.create_dataset('terminals', data=np.array([0, 0, 1, 0, 0, 0, 0], bool), **k)
            f.create_dataset('timeouts', data=np.array([0, 0, 0, 0, 0, 0, 1], 'i4'), **k)
            f.create_dataset('infos/extra', data=np.zeros(3))
            f.attrs['source'] = 'h5py \u00e9'
            f.attrs['fixed'] = np.bytes_(b'ten bytes.')
            f.attrs['number'] = 3
            for key in ('observations', 'next_observations', 'actions', 'rewards'):
                print(' '.join(str(v) for v in f[key][()].astype('f4').view('i4').ravel()))
        """;

    private const string ReadArrays = """
        import sys, h5py
        with h5py.File(sys.argv[1]) as f:
            print(f.attrs['task'], f.attrs['horizon'], f.attrs['source'], sep='|')
            for key in sorted(f):
                assert f[key].dtype == '<f4' and f[key].compression == 'gzip' and f[key].shuffle, key
                print(key, f[key].shape, ' '.join(str(v) for v in f[key][()].view('i4').ravel()), sep='|')
        """;

    private const string ReadSafetensors = """
        import sys, json, struct
        raw = open(sys.argv[1], 'rb').read()
        size = struct.unpack('<Q', raw[:8])[0]
        header = json.loads(raw[8:8 + size].decode())
        data = raw[8 + size:]
        print(header.pop('__metadata__')['task'])
        for name in sorted(header):
            begin, end = header[name]['data_offsets']
            assert header[name]['dtype'] == 'F32'
            print(name, header[name]['shape'], ' '.join(
                str(v[0]) for v in struct.iter_unpack('<i', data[begin:end])),
                sep='|')
        """;

    [TestCase("earliest", "packed")]
    [TestCase("latest", "packed")]
    [TestCase("earliest", "plain")]
    public void Every_number_type_of_h5py_is_read(string version, string packing)
    {
        Needs.Hdf5();
        using var folder = new TemporaryFolder();
        var lines = Needs.Python(WriteTypes, folder["x"], version, packing).TrimEnd().Split('\n');
        var (dataset, _) =
            DsrlRoundTripTests.Imported(DsrlImport.Read(folder["x"], new DsrlImportOptions("Toy")));
        using (dataset)
        {
            Assert.Multiple(() =>
            {
                Assert.That(Samples.Bits(dataset.Observations), Is.EqualTo(Bits(lines[0])));
                Assert.That(Samples.Bits(dataset.NextObservations), Is.EqualTo(Bits(lines[1])));
                Assert.That(Samples.Bits(dataset.Actions), Is.EqualTo(Bits(lines[2])));
                Assert.That(Samples.Bits(dataset.Rewards), Is.EqualTo(Bits(lines[3])));
                Assert.That(dataset.Costs.ToArray(), Is.EqualTo(new float[] { 0, 1, 0, 1, 1, 0, 1 }));
                Assert.That(dataset.Terminals.ToArray(), Is.EqualTo(new float[] { 0, 0, 1, 0, 0, 0, 0 }));
                Assert.That(dataset.Timeouts.ToArray(), Is.EqualTo(new float[] { 0, 0, 0, 0, 0, 0, 1 }));
                Assert.That(dataset.Metadata.Facts, Is.EqualTo(new Dictionary<string, string>
                {
                    ["fixed"] = "ten bytes.",
                    ["source"] = "h5py é",
                }));
            });
        }
    }

    [Test]
    public void Arrays_that_hold_no_numbers_are_refused()
    {
        Needs.Hdf5();
        using var folder = new TemporaryFolder();
        Needs.Python("""
            import sys, h5py, numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f['observations'] = np.zeros((3, 2))
                f['next_observations'] = np.zeros((3, 2))
                f['actions'] = np.zeros((3, 0))
                f['rewards'] = np.array(['a', 'b', 'c'], dtype=h5py.string_dtype())
                f['costs'] = np.zeros(3, dtype=[('x', 'f4'), ('y', 'f4')])
                f.create_group('terminals')
                f['timeouts'] = 1.0
            """, folder["x"]);
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(
            folder["x"], new DsrlImportOptions("Toy") { Name = "toy" });
        Assert.That(
            rejected.Problems.Select(problem => DatasetProblemText.Describe(problem).What), Is.EqualTo(new[]
        {
            "`rewards` holds text, not numbers",
            "`costs` holds a compound of several values, not numbers",
            "the array `terminals` cannot be read",
            "`actions` is empty: its shape is [3, 0]",
            "`timeouts` has the shape [], not [N] or [N, 1]",
        }));
    }

    [Test]
    public void A_shape_that_the_file_cannot_hold_is_damage_and_not_a_request_for_memory()
    {
        Needs.Hdf5();
        using var folder = new TemporaryFolder();
        Needs.Python("""
            import sys, h5py, numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
                f.create_dataset('observations', (1 << 28, 4), 'f4')
                for key in ('next_observations', 'actions', 'rewards', 'costs', 'terminals', 'timeouts'):
                    f[key] = np.zeros(3)
            """, folder["x"]);
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(
            folder["x"], new DsrlImportOptions("Toy") { Name = "toy" });
        Assert.That(rejected.Problems[0], Is.EqualTo(new DatasetProblem.Damaged("toy", "observations")));
    }

    [Test]
    public void H5py_reads_what_is_exported()
    {
        Needs.Hdf5();
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 4, 1);
        DsrlExport.Write(dataset, folder["x"]);
        var lines = Needs.Python(ReadArrays, folder["x"]).TrimEnd().Split('\n');
        Assert.That(lines[0], Is.EqualTo($"Toy|10|{dataset.Metadata.Facts["source"]}"));
        AssertArrays(dataset, lines[1..], "(8, 3)", "(8, 2)", "(8,)");
    }

    [Test]
    public void Plain_Python_reads_a_dataset_file()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 4, 1);
        dataset.Save(folder["x"]);
        var lines = Needs.Python(ReadSafetensors, folder["x"]).TrimEnd().Split('\n');
        Assert.That(lines[0], Is.EqualTo("Toy"));
        AssertArrays(dataset, lines[1..], "[8, 3]", "[8, 2]", "[8]");
    }

    private static void AssertArrays(
        Dataset dataset, string[] lines, string wide, string action, string narrow) =>
        Assert.That(lines, Is.EqualTo(new[]
        {
            $"actions|{action}|{Text(dataset.Actions)}",
            $"costs|{narrow}|{Text(dataset.Costs)}",
            $"next_observations|{wide}|{Text(dataset.NextObservations)}",
            $"observations|{wide}|{Text(dataset.Observations)}",
            $"rewards|{narrow}|{Text(dataset.Rewards)}",
            $"terminals|{narrow}|{Text(dataset.Terminals)}",
            $"timeouts|{narrow}|{Text(dataset.Timeouts)}",
        }));

    private static string Text(ReadOnlySpan<float> values) => string.Join(' ', Samples.Bits(values));

    private static int[] Bits(string line) =>
        [.. line.Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
}
