/// One assembly's file, read without loading it.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Reflection.PortableExecutable

/// Which names the compilers made up. They hold line numbers and counters, so that they say nothing.
module GeneratedName =
    let ofType (name: string) =
        name.StartsWith '<' || name.Contains '@'

    let ofMethod (name: string) =
        (name.StartsWith '<' && name <> "<Clone>$") || name.Contains '@'

    /// Backing fields (`<X>k__BackingField`, `X@`) have the names of their properties and are left as they are.
    let ofField (name: string) =
        let at = name.IndexOf '@'
        at >= 0 && at < name.Length - 1 || name = "init@"

type Image(number: int, path: string) =
    // Kept in memory: a build may replace the file while the program runs.
    let file = new PEReader(new MemoryStream(File.ReadAllBytes path))
    let data = file.GetMetadataReader()
    let types = Dictionary<string, TypeDefinitionHandle>()
    let names = Dictionary<TypeDefinitionHandle, string>()
    let generated = Dictionary<TypeDefinitionHandle, bool>()
    let overrides = Dictionary<TypeDefinitionHandle, List<MethodImplementation>>()

    let rec nameOf (handle: TypeDefinitionHandle) =
        match names.TryGetValue handle with
        | true, name -> name
        | _ ->
            let definition = data.GetTypeDefinition handle
            let own = data.GetString definition.Name

            let name =
                if definition.IsNested then
                    $"{nameOf (definition.GetDeclaringType())}+{own}"
                else
                    match data.GetString definition.Namespace with
                    | "" -> own
                    | space -> $"{space}.{own}"

            names[handle] <- name
            name

    let rec isGenerated (handle: TypeDefinitionHandle) =
        match generated.TryGetValue handle with
        | true, known -> known
        | _ ->
            let definition = data.GetTypeDefinition handle

            let known =
                GeneratedName.ofType (data.GetString definition.Name)
                || (data.GetString definition.Namespace).StartsWith '<'
                || (definition.IsNested && isGenerated (definition.GetDeclaringType()))

            generated[handle] <- known
            known

    do
        for handle in data.TypeDefinitions do
            types[nameOf handle] <- handle

            for implementation in (data.GetTypeDefinition handle).GetMethodImplementations() do
                match overrides.TryGetValue handle with
                | true, list -> list.Add(data.GetMethodImplementation implementation)
                | _ -> overrides[handle] <- List [ data.GetMethodImplementation implementation ]

    member _.Number = number
    member _.Path = path
    member _.Data = data
    member _.Name = data.GetString(data.GetAssemblyDefinition().Name)
    member _.Mvid = data.GetGuid(data.GetModuleDefinition().Mvid)
    member _.TypeName handle = nameOf handle
    member _.IsGenerated handle = isGenerated handle

    member _.TryType name =
        match types.TryGetValue name with
        | true, handle -> Some handle
        | _ -> None

    /// The assembly with its version to which a type of this name has moved.
    member _.TryForward(name: string) : (string * string) option =
        let outermost = (name.Split '+')[0]

        data.ExportedTypes
        |> Seq.map data.GetExportedType
        |> Seq.filter (fun moved ->
            moved.IsForwarder && moved.Implementation.Kind = HandleKind.AssemblyReference)
        |> Seq.tryFind (fun moved ->
            let own = data.GetString moved.Name

            match data.GetString moved.Namespace with
            | "" -> own = outermost
            | space -> $"{space}.{own}" = outermost)
        |> Option.map (fun moved ->
            let assembly =
                data.GetAssemblyReference(AssemblyReferenceHandle.op_Explicit moved.Implementation)

            data.GetString assembly.Name, string assembly.Version)

    /// F# puts the values of a file's modules into a class of this namespace and fills them in its initialiser.
    member _.IsStartup(handle: TypeDefinitionHandle) =
        (nameOf handle).StartsWith("<StartupCode$", StringComparison.Ordinal)

    member _.Overrides(handle: TypeDefinitionHandle) : MethodImplementation seq =
        match overrides.TryGetValue handle with
        | true, list -> list
        | _ -> Seq.empty

    member _.Body(method: MethodDefinition) : MethodBodyBlock option =
        if method.RelativeVirtualAddress = 0 then
            None
        else
            Some(file.GetMethodBody method.RelativeVirtualAddress)

    /// The bytes behind a field that is initialised from the file.
    member _.Constant(field: FieldDefinition, size: int) : byte[] =
        let section = file.GetSectionData(field.GetRelativeVirtualAddress())
        section.GetContent(0, min size section.Length).AsSpan().ToArray()

    member _.StaticConstructor(handle: TypeDefinitionHandle) : MethodDefinitionHandle option =
        (data.GetTypeDefinition handle).GetMethods()
        |> Seq.tryFind (fun method ->
            data.StringComparer.Equals((data.GetMethodDefinition method).Name, ".cctor"))

    interface IDisposable with
        member _.Dispose() = file.Dispose()
