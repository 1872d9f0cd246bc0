module Plimsoll.Engine.Tests.ScheduleModelTests

open NUnit.Framework
open Plimsoll.Engine.Tests

/// Another number tries other lives; a failure says with which seed to find it again.
let private first = 20_261_120

[<Test>]
let ``ten thousand random schedules in virtual time keep every promise`` () =
    for seed in first .. first + 9_999 do
        try
            ScheduleModel.live seed
        with fault ->
            Assert.Fail $"seed {seed}: {fault.Message}\n{fault.StackTrace}"
