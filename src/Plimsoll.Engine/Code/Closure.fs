/// From a stage's function to the code and the values behind it.
module Plimsoll.Engine.Code.Closure

open System
open System.Collections
open System.Collections.Generic
open System.Globalization
open System.Reflection
open System.Runtime.CompilerServices
open Microsoft.FSharp.Reflection

let private everything =
    BindingFlags.Instance
    ||| BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.DeclaredOnly

let private nameOf (assembly: Assembly) =
    assembly.GetName().Name |> Option.ofObj |> Option.defaultValue ""

let rec private bases (kind: Type | null) : Type list =
    match kind with
    | null -> []
    | kind -> kind :: bases kind.BaseType

let private isFunction (kind: Type) =
    bases kind
    |> List.exists (fun kind ->
        kind.IsGenericType
        && kind.GetGenericTypeDefinition() = typedefof<FSharpFunc<_, _>>)

type private Walk(isOurs: string -> bool) =
    let seen = HashSet<obj>(ReferenceEqualityComparer.Instance)
    let methods = List<string * int>()
    let whole = List<string * string>()
    let held = List<string>()

    member _.Methods = List.ofSeq methods
    member _.Whole = List.ofSeq whole
    member _.Held = List.ofSeq held

    member private this.Fields(value: obj) =
        for kind in bases (value.GetType()) do
            for field in kind.GetFields everything |> Array.sortBy _.MetadataToken do
                this.Value(field.GetValue value)

    member this.Value(value: obj | null) : unit =
        match value with
        | null -> held.Add "null"
        | :? string as text -> held.Add $"text {text}"
        | :? IConvertible as number -> held.Add(number.ToString CultureInfo.InvariantCulture)
        | value when seen.Add value ->
            let kind = value.GetType()
            let home = nameOf kind.Assembly

            if isFunction kind then
                for kind in bases kind |> List.filter (fun kind -> isOurs (nameOf kind.Assembly)) do
                    for method in kind.GetMethods everything do
                        if method.Name = "Invoke" then
                            methods.Add(nameOf kind.Assembly, method.MetadataToken)

                this.Fields value
            elif
                FSharpType.IsRecord(kind, true)
                || FSharpType.IsUnion(kind, true)
                || FSharpType.IsTuple kind
            then
                held.Add(string kind)
                this.Fields value
            elif kind.IsArray then
                for item in value :?> IEnumerable do
                    this.Value item
            elif isOurs home then
                // It can do and hold anything.
                whole.Add(home, $"the entry point holds a {kind}")
            else
                held.Add(string kind)
        | _ -> ()

/// Type names and assemblies of what the function takes.
let private given (isOurs: string -> bool) (kind: Type) =
    bases kind
    |> List.collect (fun kind -> List.ofArray (kind.GetGenericArguments()))
    |> List.filter (fun argument -> isOurs (nameOf argument.Assembly) && not (isNull argument.FullName))
    |> List.map (fun argument -> nameOf argument.Assembly, string argument.FullName)
    |> List.distinct

/// `isOurs` tells by an assembly's name whether it is looked into; `run` is an F# function.
let entryOf (isOurs: string -> bool) (run: obj) : Entry =
    let walk = Walk isOurs
    walk.Value run

    {
        Methods = List.distinct walk.Methods
        Given = given isOurs (run.GetType())
        Whole = List.distinct walk.Whole
        Held = walk.Held
    }

let entry isOurs (run: 'input -> 'output) : Entry =
    entryOf isOurs (Unchecked.nonNull (box run))
