/// Which program this is, for records and reports.
module Plimsoll.Cli.Origins

open System
open System.IO
open Plimsoll.Store

/// Name and value of each line of a text.
let private facts (path: string) : Map<string, string> =
    if File.Exists path then
        File.ReadAllLines path
        |> Array.choose (fun line ->
            match line.IndexOf '=' with
            | -1 -> None
            | at -> Some(line.Substring(0, at), line.Substring(at + 1)))
        |> Map.ofArray
    else
        Map.empty

/// The build leaves `build.txt` beside the program: the git commit and the digest of paket.lock. It is no part of
/// the assemblies, so that a commit which changes no code changes no key.
let provenance () : Provenance =
    let known = facts (Path.Combine(AppContext.BaseDirectory, "build.txt"))

    {
        Source = known.TryFind "source"
        Sdk = known.TryFind "sdk" |> Option.defaultValue (string Environment.Version)
        Lock = known.TryFind "lock"
    }

let version () : string =
    typeof<Trouble>.Assembly.GetName().Version
    |> Option.ofObj
    |> Option.map (fun version -> version.ToString 3)
    |> Option.defaultValue ""
