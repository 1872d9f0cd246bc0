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
    /// Assembly and metadata token of each method that may be called first.
    Methods: (string * int) list
    /// Full names (outer+inner) of types with their assemblies of which the entry is handed instances.
    Given: (string * string) list
    /// Assemblies that count as a whole, with the reason.
    Whole: (string * string) list
    /// What the entry holds besides code, as text.
    Held: string list
}

/// `locate`: from an assembly's name to its file, if it is one of ours. Members are described once and shared
/// by all entries. Not for several threads at once.
type Reachable(locate: string -> string option) =
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

    let describeMethod (image: Image) handle =
        let name =
            if tokens.IsGenerated(image, handle) then
                "entry point"
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

        for handle in definition.GetMethods() do
            let method = image.Data.GetMethodDefinition handle

            // Generic code makes instances by the constructor that takes nothing.
            if
                method.Attributes.HasFlag MethodAttributes.Virtual
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

    let describe (node: Node) =
        match node.Kind with
        | NodeKind.Outside ->
            let text = world.Text node.Row
            let tab = text.IndexOf '\t'

            {
                Member = Some($"outside {text.Substring(0, tab)}", text.Substring(tab + 1))
                Needs = [||]
            }
        | NodeKind.Whole ->
            let image = world.Image node.Image

            {
                Member = Some($"whole {image.Name}: {world.Text node.Row}", image.Mvid.ToString "N")
                Needs = [||]
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
            match world.TryImage assembly with
            | Some image -> image.TryType name |> Option.iter (walk image)
            | None -> ()

        List.ofSeq found

    let listing (starts: Node seq) : Listing =
        let seen = HashSet<Node>()
        let waiting = Stack<Node>()
        let members = List<string * string>()

        for start in starts do
            if seen.Add start then
                waiting.Push start

        while waiting.Count > 0 do
            let described = describeOnce (waiting.Pop())
            described.Member |> Option.iter members.Add

            for need in described.Needs do
                if seen.Add need then
                    waiting.Push need

        Listing.ofMembers members

    /// Assemblies looked into so far: name, file and module version.
    member _.Assemblies: (string * string * Guid) list = [
        for image in world.Images -> image.Name, image.Path, image.Mvid
    ]

    /// Throws InvalidOperationException where the entry's assembly is not to be found.
    member _.Listing(entry: Entry) : Listing =
        let imageOf name =
            match world.TryImage name with
            | Some image -> image
            | None -> invalidOp $"the assembly {name} of a stage has no file that could be read"

        let found =
            listing [
                for assembly, token in entry.Methods do
                    let image = imageOf assembly

                    let method = MethodDefinitionHandle.op_Explicit (MetadataTokens.EntityHandle token)

                    Node.ofMethod image method
                    let owner = (image.Data.GetMethodDefinition method).GetDeclaringType()
                    typeNode NodeKind.Made image owner
                yield! given entry.Given
                for name, reason in entry.Whole do
                    world.Whole(imageOf name, reason)
            ]

        match entry.Held with
        | [] -> found
        | held ->
            let text =
                held |> List.map (fun value -> $"{value.Length} {value}") |> String.concat "\n"

            let digest = SHA256.HashData(ReadOnlySpan(Encoding.UTF8.GetBytes text))

            Listing.ofMembers (
                Array.append found.Members [|
                    "values held by the entry point", Convert.ToHexStringLower digest
                |]
            )

    interface IDisposable with
        member _.Dispose() =
            for image in world.Images do
                (image :> IDisposable).Dispose()
