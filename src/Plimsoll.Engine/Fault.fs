/// Failures that the engine itself words.
namespace Plimsoll.Engine

open System
open System.IO
open Plimsoll.Stages
open Plimsoll.Store

module Fault =
    let bug what = {
        Class = Bug
        What = what
        Remedy = "please report it with these lines, and the experiment"
    }

    /// An exception that a stage let through: a fault of the program, whatever it is.
    let ofException (stage: string) (fault: exn) =
        match fault with
        | :? OutOfMemoryException -> {
            Class = Resource
            What = $"stage {stage} ran out of memory"
            Remedy = "run fewer cells at once (--jobs)"
          }
        | :? IOException when FileFault.isFull fault -> {
            Class = Resource
            What = $"stage {stage} found the disk full: {fault.Message}"
            Remedy = "make space and run again: what has finished is kept"
          }
        | _ -> bug $"stage {stage} threw {fault.GetType().Name}: {fault.Message}\n{fault.StackTrace}"

    let ofStore (error: StoreError) =
        let kind =
            match error with
            | Full _
            | NotWritable _ -> Resource
            | Damaged _ -> Corrupt
            // A network disk that does not answer for a moment.
            | Unreadable _ -> Transient
            | WrongVersion _
            | NotAStore _
            | NotAFolder _
            | NoStore _ -> Invalid

        let what, remedy = StoreError.parts error

        {
            Class = kind
            What = what
            Remedy = remedy
        }
