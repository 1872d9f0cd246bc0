/// How a command ends.
namespace Plimsoll.Cli

/// Why a command could not do its work, in the words for the user.
type Trouble =
    /// The user's file, data or command line is wrong: running it again changes nothing.
    | BadInput of string
    /// The machine: a store or a disk that cannot be used.
    | Surroundings of string
    /// This program's.
    | OwnFault of string

module ExitCode =
    let ok = 0
    /// At least one cell has no artifact.
    let cellsFailed = 1
    let badInput = 2
    let environment = 3
    /// A fault of this program.
    let bug = 70

    let ofTrouble trouble =
        match trouble with
        | BadInput _ -> badInput
        | Surroundings _ -> environment
        | OwnFault _ -> bug
