/// The fixed point: everything that an entry point needs, and what that needs.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Security.Cryptography
open System.Text

/// A member of a listing, if the node is one, and what it needs.
type private Described = {
    Member: (string * string) option
    Needs: Node[]
}

/// Where a stage begins, in terms of the assembly's file.
type Entry = {
    /// Assembly and metadata token of each method that may be called first. `Held` speaks of them by their
    /// places.
    Methods: (string * int) list
    /// Full names (outer+inner) of types with their assemblies of which the entry is handed instances.
    Given: (string * string) list
    /// Assemblies that count as a whole, with the reason.
    Whole: (string * string) list
    /// Assemblies that are not ours, with their versions, of whose types it holds instances.
    Outside: (string * string) list
    /// What the entry holds besides code, as text.
    Held: string list
}

module Entry =
    /// Names of all assemblies that it speaks of.
    let assemblies (entry: Entry) : string list =
        List.map fst entry.Methods
        @ List.map fst entry.Given
        @ List.map fst entry.Whole
        @ List.map fst entry.Outside
        |> List.distinct

/// `locate`: from an assembly's name to its file, if it is one of ours; `deployed`: likewise, if it is not, and
/// no part of the runtime either. Members are described once and shared by all entries. Not for several threads
/// at once.
type Reachable(locate: string -> string option, deployed: string -> string option) =
    let world = World locate
    let tokens = Tokens world
    let signatures = tokens.Signatures

    let tools = {
        Tokens = tokens
        Wording = Wording tokens
        Initialisers = Initialisers tokens
    }

    let described = Dictionary<Node, Described>()
    let nothing = { Member = None; Needs = [||] }

    let typeHandle (node: Node) =
        MetadataTokens.TypeDefinitionHandle node.Row

    let typeNode kind (image: Image) (handle: TypeDefinitionHandle) =
        Node.ofType kind (struct (image, handle))

    let readable (text: string) =
        text.Replace(Placeholder.opening, '<').Replace(Placeholder.closing, '>')

    let methodName (image: Image) (handle: MethodDefinitionHandle) =
        let definition = image.Data.GetMethodDefinition handle
        let signature = signatures.Method(image, handle)
        let opening = signature.IndexOf '('

        let generic =
            if definition.GetGenericParameters().Count > 0 then
                $"`{definition.GetGenericParameters().Count}"
            else
                ""

        let parameters = readable (signature.Substring opening)
        let owner = image.TypeName(definition.GetDeclaringType())
        $"{owner}.{image.Data.GetString definition.Name}{generic}{parameters}"

    /// No line of its own: only starts are methods that nobody can name, and each has its number.
    let entryPoint = "entry point"

    let describeMethod (image: Image) handle =
        let name =
            if tokens.IsGenerated(image, handle) then
                entryPoint
            else
                methodName image handle

        let digest, needs = Writer(tools).Method(image, handle, name)

        {
            Member = Some(name, digest)
            Needs = needs
        }

    let describeType (image: Image) handle =
        let name = $"type {image.TypeName handle}"
        let digest, needs = Writer(tools).Type(image, handle, name)

        {
            Member = Some(name, digest)
            Needs = needs
        }

    let describeTouched (image: Image) handle = {
        Member = None
        Needs = [|
            typeNode NodeKind.Named image handle
            match image.StaticConstructor handle with
            | Some method -> Node.ofMethod image method
            | None -> ()
        |]
    }

    let structuredFormat = "Microsoft.FSharp.Core.StructuredFormatDisplayAttribute"

    /// An instance can be asked for everything virtual, by our code and by the code outside.
    let describeMade (image: Image) handle =
        let definition = image.Data.GetTypeDefinition handle
        let needs = List<Node>()
        needs.Add(typeNode NodeKind.Touched image handle)

        if not definition.BaseType.IsNil then
            signatures.Type(image, definition.BaseType, NodeKind.Made, needs) |> ignore

        for implementation in definition.GetInterfaceImplementations() do
            let face = (image.Data.GetInterfaceImplementation implementation).Interface
            signatures.Type(image, face, NodeKind.Made, needs) |> ignore

        // The format names properties.
        let isFormatted =
            definition.GetCustomAttributes()
            |> Seq.exists (fun attribute ->
                tokens.AttributeName(image, image.Data.GetCustomAttribute attribute) = structuredFormat)

        for handle in definition.GetMethods() do
            let method = image.Data.GetMethodDefinition handle

            // Generic code makes instances by the constructor that takes nothing.
            if
                method.Attributes.HasFlag MethodAttributes.Virtual
                || isFormatted
                   && (image.Data.GetString method.Name).StartsWith("get_", StringComparison.Ordinal)
                || (image.Data.StringComparer.Equals(method.Name, ".ctor")
                    && method.GetParameters().Count = 0)
            then
                needs.Add(Node.ofMethod image handle)

        for implementation in image.Overrides handle do
            let resolved =
                tokens.Resolve(image, MetadataTokens.GetToken implementation.MethodBody)

            needs.AddRange resolved.Needs

        for field in definition.GetFields() do
            if not ((image.Data.GetFieldDefinition field).Attributes.HasFlag FieldAttributes.Literal) then
                let kind isValue =
                    if isValue then NodeKind.Made else NodeKind.Named

                signatures.FieldNeeds(image, field, kind, needs)

        {
            Member = None
            Needs = needs.ToArray()
        }

    /// What is deployed beside the program is the same everywhere, so that its build counts and not only the version
    /// that was referred to.
    let describeOutside name version =
        match deployed name with
        | None -> {
            Member = Some($"outside {name}", version)
            Needs = [||]
          }
        | Some path ->
            let build, references = AssemblyFile.read path

            {
                Member = Some($"outside {name}", $"{version} {build:N}")
                Needs = [|
                    for reference, version in references do
                        if (deployed reference).IsSome then
                            world.Outside(reference, version)
                |]
            }

    let describe (node: Node) =
        match node.Kind with
        | NodeKind.Outside ->
            let text = world.Text node.Row
            let tab = text.IndexOf '\t'

            describeOutside (text.Substring(0, tab)) (text.Substring(tab + 1))
        | NodeKind.Whole ->
            let image = world.Image node.Image

            {
                Member = Some($"whole {image.Name}: {world.Text node.Row}", image.Mvid.ToString "N")
                Needs = [||]
            }
        | NodeKind.Assembly ->
            let image = world.Image node.Image
            let digest, needs = Writer(tools).Assembly image

            {
                Member = Some($"assembly {image.Name}", digest)
                Needs = needs
            }
        | NodeKind.Method ->
            describeMethod (world.Image node.Image) (MetadataTokens.MethodDefinitionHandle node.Row)
        | kind ->
            let image = world.Image node.Image
            let handle = typeHandle node

            if image.IsGenerated handle then
                // Written as a part of who uses it.
                nothing
            else
                match kind with
                | NodeKind.Named -> describeType image handle
                | NodeKind.Touched -> describeTouched image handle
                | _ -> describeMade image handle

    let describeOnce node =
        match described.TryGetValue node with
        | true, known -> known
        | _ ->
            let known = describe node
            described[node] <- known
            known

    let imageOf name =
        match world.TryImage name with
        | Some image -> image
        | None -> invalidOp $"the assembly {name} of a stage has no file that could be read"

    /// The types of which a stage is handed instances were made by code that it does not reach, and so were the
    /// contents of their fields.
    let given (names: (string * string) list) : Node list =
        let found = HashSet<Node>()

        let rec walk (image: Image) (handle: TypeDefinitionHandle) =
            if found.Add(typeNode NodeKind.Made image handle) then
                let definition = image.Data.GetTypeDefinition handle

                for nested in definition.GetNestedTypes() do
                    walk image nested

                let needs = List<Node>()

                for field in definition.GetFields() do
                    signatures.FieldNeeds(image, field, (fun _ -> NodeKind.Made), needs)

                for need in needs do
                    if need.Kind = NodeKind.Made then
                        walk (world.Image need.Image) (typeHandle need)

        for assembly, name in names do
            let struct (own, missing) = world.FindIn(imageOf assembly, name, ValueNone)

            match own with
            | Choice1Of2(struct (image, handle)) -> walk image handle
            | Choice2Of2 _ -> missing |> ValueOption.iter (found.Add >> ignore)

        List.ofSeq found

    let listing (starts: Node seq) (program: Lazy<(string * string) list>) : Listing =
        let seen = HashSet<Node>()
        let waiting = Stack<Node>()
        let members = List<string * string>()

        for start in starts do
            if seen.Add start then
                waiting.Push start

        let push node =
            if seen.Add node then
                waiting.Push node

        while waiting.Count > 0 do
            let node = waiting.Pop()
            let described = describeOnce node

            match described.Member with
            | Some(name, digest) when name <> entryPoint -> members.Add(name, digest)
            | _ -> ()

            described.Needs |> Array.iter push

            if node.Kind <> NodeKind.Outside then
                push {
                    Kind = NodeKind.Assembly
                    Image = node.Image
                    Row = 0
                }

        if seen |> Seq.exists (fun node -> node.Kind = NodeKind.Whole) then
            // Who looks for code by its name can find it anywhere.
            members.AddRange program.Value

        Listing.ofMembers members

    /// Assemblies looked into so far: name, file and module version.
    member _.Assemblies: (string * string * Guid) list = [
        for image in world.Images -> image.Name, image.Path, image.Mvid
    ]

    /// Throws InvalidOperationException where the entry's assembly is not to be found.
    member _.Listing(entry: Entry) : Listing =
        let starts = [
            for assembly, token in entry.Methods do
                let image = imageOf assembly
                let method = MethodDefinitionHandle.op_Explicit (MetadataTokens.EntityHandle token)
                struct (image, method)
        ]

        let program =
            lazy
                (AssemblyFile.versions [ locate; deployed ] (Entry.assemblies entry)
                 |> List.map (fun (name, build) -> $"program {name}", build.ToString "N"))

        let found =
            listing
                [
                    for struct (image, method) in starts do
                        Node.ofMethod image method
                        let owner = (image.Data.GetMethodDefinition method).GetDeclaringType()
                        typeNode NodeKind.Made image owner
                    yield! given entry.Given
                    for name, reason in entry.Whole do
                        world.Whole(imageOf name, reason)
                    for name, version in entry.Outside do
                        world.Outside(name, version)
                ]
                program

        let points =
            starts
            |> List.mapi (fun i (struct (image, method)) ->
                match (describeOnce (Node.ofMethod image method)).Member with
                | Some(name, digest) when name = entryPoint -> $"{entryPoint} #{i}", digest
                | Some(name, digest) -> $"{entryPoint} #{i}: {name}", digest
                | None -> invalidOp $"{entryPoint} #{i} of a stage has no digest")

        let held =
            match entry.Held with
            | [] -> []
            | held ->
                let text =
                    held |> List.map (fun value -> $"{value.Length} {value}") |> String.concat "\n"

                let digest = SHA256.HashData(ReadOnlySpan(Encoding.UTF8.GetBytes text))
                [ "values held by the entry point", Convert.ToHexStringLower digest ]

        Listing.ofMembers (Seq.concat [ Seq.ofArray found.Members; points; held ])

    /// Where everything is ours or a part of the runtime.
    new(locate) = new Reachable(locate, (fun _ -> None))

    interface IDisposable with
        member _.Dispose() =
            for image in world.Images do
                (image :> IDisposable).Dispose()
