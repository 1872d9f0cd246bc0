module Plimsoll.Cli.Program
[<EntryPoint>]
let main _ = 0
