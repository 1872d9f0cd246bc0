/// Limits of time and memory that the command line sets.
module Plimsoll.Scenarios.Tests.LimitFaultTests

open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

let private bothFail (options: string) (exit: int) (retries: int) (words: string) =
    use place = new Place()

    write
        {
            slow with
                Seeds = "[0]"
                Steps = 1_000_000
        }
        place

    let answer = run place options
    expectExit exit answer
    answer.Aside |> expectWords words
    // The dataset is no concern of the limit.
    Assert.That(told "done" answer.Output, Is.EqualTo<string list> [ "DiscCircle/dataset" ])
    Assert.That(told "retry" answer.Output, Has.Length.EqualTo retries, answer.Output)
    answer.Output |> expectWords "3 cells in <*> s: 1 executed, 1 failed, 1 blocked"

[<Test>]
let ``a stage that runs for longer than it may fails alone, after a second attempt`` () =
    bothFail
        "--time-limit fit-bc=0.4s"
        1
        1
        """
FAILED  DiscCircle/bc-all/policy seed=0
  the worker process of stage fit-bc ran for longer than the 0.4 s that were allowed and was killed
  remedy: raise the time limit, or find out why it takes so long<*>
blocked  DiscCircle/bc-all/scores seed=0 cost_limit=10: DiscCircle/bc-all/policy seed=0 failed
"""

[<Test>]
let ``a stage that uses more memory than it may fails alone, and the machine is to blame`` () =
    bothFail
        "--memory-limit fit-bc=16MiB"
        3
        2
        """
FAILED  DiscCircle/bc-all/policy seed=0
  the worker process of stage fit-bc used more than the 16 MiB of memory that were allowed and was killed
  remedy: raise the memory limit, or make the stage's data or networks smaller<*>
blocked  DiscCircle/bc-all/scores seed=0 cost_limit=10: DiscCircle/bc-all/policy seed=0 failed
"""
