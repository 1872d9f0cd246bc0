/// Which program this is.
module internal Plimsoll.Engine.Workers.Build

open System
open System.Collections.Generic
open System.Reflection
open System.Text
open Plimsoll.Store

type private Here = class end

/// This assembly and those of ours that it needs.
let private assemblies () =
    let found = Dictionary<string, Assembly>()

    let rec visit (assembly: Assembly) =
        if found.TryAdd(string assembly.FullName, assembly) then
            for reference in assembly.GetReferencedAssemblies() do
                if (string reference.Name).StartsWith("Plimsoll.", StringComparison.Ordinal) then
                    visit (Assembly.Load reference)

    visit typeof<Here>.Assembly
    List.ofSeq found.Values

let private identity =
    lazy
        (Fingerprint.ofAssemblies (assemblies ())
         |> List.map (fun (name, digest) -> $"{name} {digest}\n")
         |> String.concat ""
         |> Encoding.UTF8.GetBytes
         |> fun bytes -> string (Digest.ofBytes (ReadOnlySpan bytes)))

let current () : string = identity.Value
