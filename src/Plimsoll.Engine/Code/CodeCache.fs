/// Digests of stages' code, kept from one start of the program to the next.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Concurrent
open System.Security.Cryptography
open System.Text

/// Where digests are kept: a short text by a name of 64 hexadecimal digits. Losing them costs time only.
type CodeCache = {
    Read: string -> string option
    Write: string -> string -> unit
}

module CodeCache =
    let none: CodeCache = {
        Read = fun _ -> None
        Write = fun _ _ -> ()
    }

    let private kept = ConcurrentDictionary<string, string>()

    /// For as long as this process runs.
    let memory: CodeCache = {
        Read =
            fun name ->
                match kept.TryGetValue name with
                | true, digest -> Some digest
                | _ -> None
        Write = fun name digest -> kept[name] <- digest
    }

    let private hex (text: string) =
        Convert.ToHexStringLower(SHA256.HashData(ReadOnlySpan(Encoding.UTF8.GetBytes text)))

    /// The name under which an entry's digest is kept. It changes with any of the assemblies, with the entry, and
    /// with the code that makes listings.
    let key (versions: (string * Guid) list) (entry: Entry) : string =
        let self = typeof<CodeCache>.Assembly.ManifestModule.ModuleVersionId

        [
            string self
            for name, version in versions do
                $"{name} {version}"
            for assembly, token in entry.Methods do
                $"{assembly} {token}"
            for assembly, name in entry.Given @ entry.Whole @ entry.Outside do
                $"{assembly} {name}"
            for value in entry.Held do
                $"{value.Length} {value}"
        ]
        |> String.concat "\n"
        |> hex
