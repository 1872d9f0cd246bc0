/// Bad data and a missing library, met by a run: the answer names what, where and the way out, and blocks the rest.
module Plimsoll.Scenarios.Tests.BadDataTests

open System.IO
open NUnit.Framework
open Plimsoll.Data

let private experiment =
    """experiment: from-data
tasks:
  Valves: { file: data.hdf5, evaluate: { steps: 5 } }
protocol: { cost_limits: [3], seeds: [0], episodes: 2 }
arms:
  bc-all: { steps: 5 }
"""

/// Calls the program beside that experiment and the data file of a scenario.
let private beside (scenario: string) environment (arguments: string list) : Scenario.Answer =
    let folder = Directory.CreateTempSubdirectory("plimsoll-bad-").FullName

    try
        let data = Scenario.file scenario (Path.Combine("before", "data.hdf5"))
        File.Copy(data, Path.Combine(folder, "data.hdf5"))
        File.WriteAllText(Path.Combine(folder, "experiment.yaml"), experiment)
        Scenario.call folder environment arguments
    finally
        Directory.Delete(folder, true)

let private expect (text: string) (actual: string) =
    Assert.That(
        Scenario.matches text actual,
        Is.True,
        $"expected:\n{text}\nbut the program answered:\n{actual}"
    )

let private blocked (what: string) (remedy: string) =
    $"FAILED  Valves/dataset\n  {what}\n  remedy: {remedy}\n"
    + "blocked  Valves/bc-all/policy seed=0: Valves/dataset failed\n"
    + "blocked  Valves/bc-all/scores seed=0 cost_limit=3: Valves/dataset failed\n"

let private cases = [
    "data-one-trajectory",
    "there is one episode only\n  where: data.hdf5, rows 0 to 4\n  why: scores cannot be normalised by one return, "
    + "nor can episodes be chosen by cost",
    "collect more episodes, or allow one: `one-trajectory: allow` in an experiment, --allow-one-trajectory for inspection"

    "data-nan",
    "`observations` holds 2 values that are not finite\n"
    + "  where: data.hdf5, observations, row 3, column 1: NaN is the first\n"
    + "  why: one such value makes every loss that sees it NaN; a 64-bit value beyond 3.4e38 reads as infinity\n"
    + "  `rewards` holds 1 value that is not finite\n  where: data.hdf5, rewards, row 7: NaN\n"
    + "  why: one such value makes every loss that sees it NaN; a 64-bit value beyond 3.4e38 reads as infinity",
    "find where it comes from and drop the episodes that hold it"

    "data-wrong-rank",
    "`actions` has the shape [30, 2, 3], not [N, A]\n  where: data.hdf5, actions\n"
    + "  why: N counts transitions, S the numbers of an observation, A those of an action",
    "write one row per transition, flattened to that shape"

    "data-truncated",
    "the HDF5 file is cut off or damaged\n  where: data.hdf5\n"
    + "  why: it begins as an HDF5 file does, and the library cannot open it",
    "compare its size with the source's and download or copy it again"

    "data-not-hdf5",
    "the dataset file is text, such as CSV, which is not read\n  where: data.hdf5\n"
    + "  why: HDF5, npz and safetensors are read, each with its arrays by name; what the columns of a text mean, and "
    + "where episodes end, only you know",
    "write the arrays with NumPy: t = numpy.genfromtxt(\"log.csv\", delimiter=\",\", names=True) and "
    + "numpy.savez(\"log.npz\", observations=numpy.stack([t[\"x\"], t[\"y\"]], 1), ...), with observations, "
    + "next_observations, actions, rewards, costs, terminals and timeouts, all at the root (docs/own-data.md does it "
    + "for a whole log)"
]

let bad =
    cases
    |> List.map (fun (scenario, what, remedy) ->
        TestCaseData(scenario, what, remedy).SetName $"a run on {scenario} fails its dataset in words")

[<TestCaseSource(nameof bad)>]
let ``a run on bad data fails its dataset in words`` (scenario: string, what: string, remedy: string) =
    match Hdf5Library.TryLoad null with
    | null, _ -> Assert.Ignore "the library hdf5 is not installed"
    | _ -> ()

    let answer = beside scenario [] [ "run"; "experiment.yaml" ]
    expect (blocked what remedy) answer.Aside
    Assert.That(answer.Exit, Is.EqualTo 2)

let private absent = [ "PLIMSOLL_HDF5_LIBRARY", "/absent/libhdf5.so" ]

let private install =
    "install it (Debian, Ubuntu: apt-get install libhdf5-103-1), or name the library file in the environment "
    + "variable PLIMSOLL_HDF5_LIBRARY"

[<Test>]
let ``a missing HDF5 library is said with the way to install it`` () =
    let answer = beside "data-inspect" absent [ "data"; "inspect"; "data.hdf5" ]

    expect
        ("error: the HDF5 library is not installed\n"
         + "  where: data.hdf5; tried /absent/libhdf5.so\n"
         + "  why: HDF5 files are read and written through the HDF5 C library, version 1.10 or later\n"
         + $"  remedy: {install}\n")
        answer.Aside

    Assert.That(answer.Exit, Is.EqualTo 3)

[<Test>]
let ``a run without the HDF5 library fails its dataset and blocks the rest`` () =
    let answer = beside "data-inspect" absent [ "run"; "experiment.yaml" ]

    let what =
        "the HDF5 library is not installed\n  where: data.hdf5; tried /absent/libhdf5.so\n"
        + "  why: HDF5 files are read and written through the HDF5 C library, version 1.10 or later"

    expect (blocked what install) answer.Aside
    Assert.That(answer.Exit, Is.Not.Zero)

[<Test>]
let ``doctor names a missing library and its package`` () =
    let answer = beside "data-inspect" absent [ "doctor" ]
    Assert.That(answer.Exit, Is.Zero)
    Assert.That(answer.Output, Does.Contain "missing: HDF5 files can be neither read nor written")
    Assert.That(answer.Output, Does.Contain "libhdf5-103-1")
