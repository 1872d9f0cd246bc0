/// From a stage's function to the code and the values behind it.
module Plimsoll.Engine.Code.Closure

open System
open System.Collections
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Reflection
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks

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

let rec private isGenerated (kind: Type) =
    GeneratedName.ofType kind.Name
    || (match kind.DeclaringType with
        | null -> false
        | outer -> isGenerated outer)

let private definition (kind: Type) =
    if kind.IsGenericType then
        kind.GetGenericTypeDefinition()
    else
        kind

/// A type, what it is an array of, and what stands for its type parameters.
let rec private parts (kind: Type) : Type list =
    match kind.GetElementType() with
    | null ->
        definition kind
        :: (kind.GetGenericArguments() |> List.ofArray |> List.collect parts)
    | element -> parts element

/// Whose state lives outside the program's memory, or changes by itself.
let private unwalkable = [
    typeof<MemberInfo>
    typeof<Assembly>
    typeof<Module>
    typeof<Pointer>
    typeof<Thread>
    typeof<Task>
    typeof<CancellationTokenSource>
    typeof<WaitHandle>
    typeof<Timer>
    typeof<SafeHandle>
    typeof<Stream>
]

let private isLookup (kind: Type) =
    let definition = definition kind
    definition = typedefof<Dictionary<_, _>> || definition = typedefof<HashSet<_>>

/// Writes each value with its kind and the number of values that follow it and belong to it, so that no two
/// states read alike.
type private Walk(isOurs: string -> bool) =
    let numbers = Dictionary<obj, int>(ReferenceEqualityComparer.Instance)
    let waiting = Stack<obj | null>()
    let methods = List<string * int>()
    let given = List<string * string>()
    let whole = List<string * string>()
    let outside = List<string * string>()
    let held = List<string>()

    /// The type's name, without the parts that compilers made up; what it is made of counts from now on.
    let rec nameOfType (kind: Type) : string =
        match kind.GetElementType() with
        | null ->
            let home = nameOf kind.Assembly

            let arguments =
                kind.GetGenericArguments() |> Array.map nameOfType |> String.concat ","

            let own =
                if not (isOurs home) then
                    outside.Add(home, string (kind.Assembly.GetName().Version))
                    $"{home} {(definition kind).FullName}"
                elif isGenerated kind then
                    "generated"
                else
                    given.Add(home, string (definition kind).FullName)
                    $"{home} {(definition kind).FullName}"

            $"{own}<{arguments}>"
        | element when kind.IsArray -> $"{nameOfType element}[{kind.GetArrayRank()}]"
        | element -> $"{nameOfType element} {kind.Name}"

    let entryPoint (home: string) (token: int) =
        methods.Add(home, token)
        $"entry point #{methods.Count - 1}"

    let refuse (kind: Type) =
        invalidOp (
            $"a stage's function holds a {kind}, of which nobody can say whether it is the same in the next "
            + "process; let the function make it, or hand it over by a parameter of the stage"
        )

    /// What comes first is walked first.
    let await (values: (obj | null) list) =
        for value in List.rev values do
            waiting.Push value

    let fieldsOf (value: obj) = [
        for kind in bases (value.GetType()) do
            for field in kind.GetFields everything |> Array.sortBy _.MetadataToken do
                field.GetValue value
    ]

    let add (head: string) (values: (obj | null) list) =
        held.Add $"{head}, {values.Length}"
        await values

    let functionOf (value: obj) (kind: Type) number =
        let points = [
            for kind in bases kind |> List.filter (fun kind -> isOurs (nameOf kind.Assembly)) do
                for method in kind.GetMethods everything |> Array.sortBy _.MetadataToken do
                    if method.Name = "Invoke" then
                        entryPoint (nameOf kind.Assembly) method.MetadataToken
        ]

        let points = String.Join(", ", points)
        add $"function #{number} {nameOfType kind} {points}" (fieldsOf value)

    let delegateOf (value: Delegate) (kind: Type) number =
        let calls = value.GetInvocationList()
        add $"delegate #{number} {nameOfType kind}" [ for call in calls -> call.Target ]

        for call in calls do
            match call.Method.DeclaringType with
            | null -> refuse kind
            | owner ->
                let home = nameOf owner.Assembly
                let arguments = call.Method.GetGenericArguments() |> Array.map nameOfType
                let generic = String.Join(",", arguments)

                if isOurs home then
                    let point = entryPoint home call.Method.MetadataToken
                    held.Add $"calls {nameOfType owner} {point} <{generic}>"
                else
                    held.Add $"calls {nameOfType owner} {call.Method} <{generic}>"

    let objectOf (value: obj) (kind: Type) number =
        let home = nameOf kind.Assembly

        if unwalkable |> List.exists (fun refused -> refused.IsAssignableFrom kind) then
            refuse kind

        if isOurs home && isGenerated kind then
            // Its virtual methods are nobody's by name.
            whole.Add(home, $"the entry point holds a {kind}")

        let head = $"object #{number} {nameOfType kind}"

        if isLookup kind then
            // Where things lie inside may change from one process to the next.
            let comparer = kind.GetProperty("Comparer")

            add head [
                match comparer with
                | null -> ()
                | comparer -> comparer.GetValue value
                for item in value :?> IEnumerable do
                    item
            ]
        else
            add head (fieldsOf value)

    let numbered (value: obj) (kind: Type) =
        match numbers.TryGetValue value with
        | true, number -> held.Add $"again #{number}"
        | _ ->
            let number = numbers.Count
            numbers[value] <- number

            match value with
            | :? Type as kind ->
                for part in parts kind do
                    if isOurs (nameOf part.Assembly) then
                        whole.Add(nameOf part.Assembly, $"the entry point holds the type {part}")

                held.Add $"type #{number} {nameOfType kind}"
            | :? CultureInfo as culture -> held.Add $"culture #{number} {culture.Name.Length} {culture.Name}"
            | :? Delegate as call -> delegateOf call kind number
            | :? Array as items ->
                let bounds = [
                    for rank in 0 .. items.Rank - 1 -> $"{items.GetLowerBound rank}+{items.GetLength rank}"
                ]

                let bounds = String.Join(",", bounds)
                add $"array #{number} {nameOfType kind} {bounds}" [ for item in items -> item ]
            | _ when isFunction kind && isOurs (nameOf kind.Assembly) -> functionOf value kind number
            | _ -> objectOf value kind number

    let primitive (value: obj) =
        match value with
        | :? float as number -> held.Add $"Double {BitConverter.DoubleToInt64Bits number}"
        | :? float32 as number -> held.Add $"Single {BitConverter.SingleToInt32Bits number}"
        | :? char as character -> held.Add $"Char {int character}"
        | :? nativeint as pointer when pointer <> 0n -> refuse typeof<nativeint>
        | :? unativeint as pointer when pointer <> 0un -> refuse typeof<unativeint>
        | other -> held.Add $"{other.GetType().Name} {Convert.ToString(other, CultureInfo.InvariantCulture)}"

    let one (value: obj | null) =
        match value with
        | null -> held.Add "null"
        | :? string as text -> held.Add $"text {text.Length} {text}"
        | value ->
            let kind = value.GetType()

            if kind.IsPrimitive then
                primitive value
            elif kind.IsValueType then
                add $"value {nameOfType kind}" (fieldsOf value)
            else
                numbered value kind

    member _.Methods = List.ofSeq methods
    member _.Given = List.ofSeq given
    member _.Whole = List.ofSeq whole
    member _.Outside = List.ofSeq outside
    member _.Held = List.ofSeq held

    member _.All(value: obj) =
        waiting.Push value

        while waiting.Count > 0 do
            one (waiting.Pop())

/// Type names and assemblies of what the function takes.
let private given (isOurs: string -> bool) (kind: Type) =
    bases kind
    |> List.collect (fun kind -> kind.GetGenericArguments() |> List.ofArray |> List.collect parts)
    |> List.filter (fun argument -> isOurs (nameOf argument.Assembly) && not (isNull argument.FullName))
    |> List.map (fun argument -> nameOf argument.Assembly, string argument.FullName)

/// `isOurs` tells by an assembly's name whether it is looked into; `run` is an F# function. Throws
/// InvalidOperationException where it holds what has no value that can be written down.
let entryOf (isOurs: string -> bool) (run: obj) : Entry =
    let walk = Walk isOurs
    walk.All run

    {
        Methods = walk.Methods
        Given = List.distinct (given isOurs (run.GetType()) @ walk.Given)
        Whole = List.distinct walk.Whole
        Outside = List.distinct walk.Outside
        Held = walk.Held
    }

let entry isOurs (run: 'input -> 'output) : Entry =
    entryOf isOurs (Unchecked.nonNull (box run))
