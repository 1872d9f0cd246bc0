/// The canonical text of a member, with all that the compilers made for it and nobody can name.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Security.Cryptography
open System.Text

/// What member writers of one program share.
type Tools = {
    Tokens: Tokens
    Wording: Wording
    Initialisers: Initialisers
}

/// Writes one member. Names that compilers made up become numbers in the order of their first use, and what
/// they stand for is written after the member itself, so that neither lines nor counters matter.
type Writer(tools: Tools) =
    let tokens = tools.Tokens
    let world = tokens.World
    let text = StringBuilder()
    let needs = HashSet<Node>()
    let numbers = Dictionary<string, int>()
    let waiting = Queue<string>()

    let number placeholder =
        match numbers.TryGetValue placeholder with
        | true, number -> number
        | _ ->
            numbers[placeholder] <- numbers.Count
            waiting.Enqueue placeholder
            numbers.Count - 1

    /// Adds a text, with numbers in the place of the made-up names in it.
    let rec add (part: string) =
        let opening = part.IndexOf Placeholder.opening

        if opening < 0 then
            text.Append part |> ignore
        else
            let closing = part.IndexOf(Placeholder.closing, opening)
            text.Append(part, 0, opening) |> ignore
            text.Append('\u0003').Append(number (part.Substring(opening + 1, closing - opening - 1))) |> ignore
            add (part.Substring(closing + 1))

    let line part =
        add part
        text.Append '\n' |> ignore

    let need (nodes: Node seq) = needs.UnionWith nodes

    let resolve (image: Image) token =
        let resolved = tokens.Resolve(image, token)
        need resolved.Needs
        resolved

    /// Attributes that only compilers, debuggers and readers of the source look at.
    let isSilent (name: string) =
        name.StartsWith("System.Diagnostics.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.FSharp.Core.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.CodeAnalysis.", StringComparison.Ordinal)
        || name.EndsWith(".WordingAttribute", StringComparison.Ordinal)
        || name = "System.ObsoleteAttribute"
        || name = "System.FlagsAttribute"
        || name = "System.ParamArrayAttribute"
        || name = "System.Reflection.DefaultMemberAttribute"
        || (name.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal)
            && not (name.EndsWith(".InlineArrayAttribute", StringComparison.Ordinal))
            && not (name.EndsWith(".UnsafeValueTypeAttribute", StringComparison.Ordinal))
            && not (name.EndsWith(".ModuleInitializerAttribute", StringComparison.Ordinal)))

    let attributes (image: Image) (handles: CustomAttributeHandleCollection) =
        let found = List<string>()

        for handle in handles do
            let attribute = image.Data.GetCustomAttribute handle

            let name, parent =
                match attribute.Constructor.Kind with
                | HandleKind.MethodDefinition ->
                    let method =
                        image.Data.GetMethodDefinition(
                            MethodDefinitionHandle.op_Explicit attribute.Constructor
                        )

                    image.TypeName(method.GetDeclaringType()), None
                | _ ->
                    let parent =
                        (image.Data.GetMemberReference(
                            MemberReferenceHandle.op_Explicit attribute.Constructor
                        ))
                            .Parent

                    tokens.TypeText(image, parent, NodeKind.Named, List()), Some parent

            if not (isSilent name) then
                parent
                |> Option.iter (fun parent ->
                    let used = List<Node>()
                    tokens.TypeText(image, parent, NodeKind.Named, used) |> ignore
                    need used)

                found.Add $"[{name} {Convert.ToHexString(image.Data.GetBlobBytes attribute.Value)}]"

        found.Sort StringComparer.Ordinal
        found |> Seq.iter line

    /// Instances that an instruction makes, beyond what its token says.
    let makes (image: Image) (instruction: Instruction) token =
        let handle = MetadataTokens.EntityHandle(token: int)

        match instruction.Code with
        | ILOpCode.Newobj ->
            match tokens.Resolve(image, token).Target with
            | Target.OwnMethod(home, method) ->
                let owner = (home.Data.GetMethodDefinition method).GetDeclaringType()

                if not (home.IsGenerated owner) then
                    need [ tokens.TypeNode(NodeKind.Made, struct (home, owner)) ]
            | _ -> ()
        | ILOpCode.Box
        | ILOpCode.Initobj
        | ILOpCode.Newarr
        | ILOpCode.Ldtoken
        | ILOpCode.Constrained
        | ILOpCode.Ldobj
        | ILOpCode.Stobj ->
            match tokens.TryOwnType(image, handle) with
            | Some own -> need [ tokens.TypeNode(NodeKind.Made, own) ]
            | None -> ()
        | _ -> ()

    let reflection (image: Image) where (resolved: Resolved) =
        match resolved.Target with
        | Target.OutsideMember(typeName, name) when Reflection.isUse typeName name ->
            need [ world.Whole(image, $"{where} uses {typeName}.{name}") ]
        | _ -> ()

    let usageName usage =
        match usage with
        | LocalUse.Read -> "load "
        | LocalUse.Write -> "store "
        | LocalUse.Address -> "address "

    let instructionsOf
        (image: Image)
        where
        (body: MethodBodyBlock)
        (instructions: Instruction[])
        (words: HashSet<int>)
        first
        last
        =
        let places = Dictionary<int, int>()

        for i in 0 .. instructions.Length - 1 do
            places[instructions[i].At] <- i - first

        if instructions.Length > 0 then
            places[instructions[instructions.Length - 1].Next] <- instructions.Length - first

        let locals =
            let used = List<Node>()
            let locals = tokens.Locals(image, body.LocalSignature, used)
            need used
            locals

        let isWhole = first = 0 && last = instructions.Length - 1
        let localNumbers = Dictionary<int, int>()

        if isWhole then
            line $"""locals {body.LocalVariablesInitialized} {String.Join(";", locals)}"""

        for i in first..last do
            let instruction = instructions[i]

            match Instructions.local instruction with
            | Some(usage, local) ->
                // A part of an initialiser shares its locals with parts that do not matter here.
                text.Append(usageName usage) |> ignore

                if isWhole then
                    text.Append(local).Append('\n') |> ignore
                else
                    match localNumbers.TryGetValue local with
                    | true, number -> text.Append(number).Append('\n') |> ignore
                    | _ ->
                        localNumbers[local] <- localNumbers.Count
                        text.Append(localNumbers[local]).Append(' ') |> ignore
                        line locals[local]
            | None ->
                match instruction.Operand with
                | Operand.Jumps jumps ->
                    let code =
                        if instruction.Code = ILOpCode.Switch then
                            instruction.Code
                        else
                            instruction.Code.GetLongBranch()

                    text.Append(int code) |> ignore

                    for jump in jumps do
                        text.Append(' ').Append(places[instruction.Next + jump] - (i - first)) |> ignore

                    text.Append '\n' |> ignore
                | _ when words.Contains i -> line "words"
                | Operand.Nothing -> text.Append(int instruction.Code).Append('\n') |> ignore
                | Operand.Number number ->
                    text.Append(int instruction.Code).Append(' ').Append(number).Append('\n') |> ignore
                | Operand.Literal handle ->
                    let literal = image.Data.GetUserString handle

                    text.Append(int instruction.Code).Append(' ').Append(literal.Length).Append(' ').Append(literal).Append('\n')
                    |> ignore
                | Operand.Token token ->
                    let resolved = resolve image token
                    makes image instruction token
                    reflection image where resolved
                    text.Append(int instruction.Code).Append(' ') |> ignore
                    line resolved.Text

        if isWhole then
            for region in body.ExceptionRegions do
                let place offset =
                    match places.TryGetValue offset with
                    | true, place -> place
                    | _ -> -1

                let caught =
                    if region.CatchType.IsNil then
                        ""
                    else
                        let used = List<Node>()
                        let caught = tokens.TypeText(image, region.CatchType, NodeKind.Named, used)
                        need used
                        caught

                line (
                    $"{region.Kind} {place region.TryOffset} {place (region.TryOffset + region.TryLength)} "
                    + $"{place region.HandlerOffset} {place (region.HandlerOffset + region.HandlerLength)} "
                    + $"{place region.FilterOffset} {caught}"
                )

    let counted =
        MethodAttributes.Static
        ||| MethodAttributes.Virtual
        ||| MethodAttributes.Abstract
        ||| MethodAttributes.Final
        ||| MethodAttributes.NewSlot
        ||| MethodAttributes.PinvokeImpl

    let method (image: Image) (handle: MethodDefinitionHandle) where =
        let definition = image.Data.GetMethodDefinition handle
        let declaring = definition.GetDeclaringType()

        line $"method {definition.Attributes &&& counted} {tokens.Signature(image, handle)}"
        let used = List<Node>()
        tokens.SignatureNeeds(image, handle, NodeKind.Named, used)
        need used

        if image.IsGenerated declaring then
            add (world.OwnName(struct (image, declaring)))
        else
            need [ tokens.TypeNode(NodeKind.Touched, struct (image, declaring)) ]

        if tools.Wording.IsType(image, declaring) then
            line "words"
        else
            attributes image (definition.GetCustomAttributes())

            if definition.Attributes.HasFlag MethodAttributes.PinvokeImpl then
                let import = definition.GetImport()

                let library =
                    image.Data.GetString (image.Data.GetModuleReference import.Module).Name

                line $"import {library} {image.Data.GetString import.Name} {import.Attributes}"

                for parameter in definition.GetParameters() do
                    let marshalling = (image.Data.GetParameter parameter).GetMarshallingDescriptor()

                    if not marshalling.IsNil then
                        line (Convert.ToHexString(image.Data.GetBlobBytes marshalling))

            match image.Body definition with
            | None -> ()
            | Some body ->
                let instructions = Instructions.decode body
                let targets = Instructions.targets body instructions
                let words = tools.Wording.Of(image, instructions, targets)
                instructionsOf image where body instructions words 0 (instructions.Length - 1)

    let initialiserParts (image: Image) (initialiser: FileInitialiser) (parts: Part list) where =
        match image.Body(image.Data.GetMethodDefinition initialiser.Method) with
        | None -> ()
        | Some body ->
            let instructions = Instructions.decode body
            let targets = Instructions.targets body instructions
            let words = tools.Wording.Of(image, instructions, targets)

            for part in parts do
                line "part"
                instructionsOf image where body instructions words part.First part.Last

    let sizeOf (image: Image) (field: FieldDefinition) fieldType =
        match fieldType with
        | "Boolean"
        | "SByte"
        | "Byte" -> 1
        | "Char"
        | "Int16"
        | "UInt16" -> 2
        | "Int32"
        | "UInt32"
        | "Single" -> 4
        | "Int64"
        | "UInt64"
        | "Double" -> 8
        | _ ->
            let mutable blob = image.Data.GetBlobReader field.Signature
            blob.ReadSignatureHeader() |> ignore

            match blob.ReadSignatureTypeCode() with
            | SignatureTypeCode.TypeHandle ->
                blob.Offset <- blob.Offset - 1

                if blob.ReadByte() = 0x11uy then
                    match tokens.TryOwnType(image, blob.ReadTypeHandle()) with
                    | Some(struct (home, owner)) -> (home.Data.GetTypeDefinition owner).GetLayout().Size
                    | None -> Int32.MaxValue
                else
                    Int32.MaxValue
            | _ -> Int32.MaxValue

    let field (image: Image) (handle: FieldDefinitionHandle) where =
        let definition = image.Data.GetFieldDefinition handle
        let owner = definition.GetDeclaringType()
        let used = List<Node>()
        let fieldType = tokens.FieldType(image, handle, used)
        need used
        line $"field {fieldType}"
        attributes image (definition.GetCustomAttributes())

        if definition.Attributes.HasFlag FieldAttributes.HasFieldRVA then
            let bytes = image.Constant(definition, sizeOf image definition fieldType)
            line (Convert.ToHexString(SHA256.HashData bytes))

        if image.IsStartup owner then
            match tools.Initialisers.Of(image, owner) with
            | Some initialiser ->
                initialiserParts image initialiser initialiser.Always where

                match initialiser.Values.TryGetValue handle with
                | true, parts -> initialiserParts image initialiser parts where
                | _ -> ()
            | None ->
                match image.StaticConstructor owner with
                | Some method -> line (Placeholder.make 'm' image.Number (MetadataTokens.GetRowNumber method))
                | None -> ()
        elif
            image.IsGenerated owner
            && image.TypeName owner <> "<PrivateImplementationDetails>"
        then
            line (world.OwnName(struct (image, owner)))

    /// Base, interfaces, layout: what a type is without its methods.
    let shape (image: Image) (handle: TypeDefinitionHandle) kind =
        let definition = image.Data.GetTypeDefinition handle
        let used = List<Node>()

        let flags =
            definition.Attributes
            &&& (TypeAttributes.LayoutMask
                 ||| TypeAttributes.Interface
                 ||| TypeAttributes.Abstract
                 ||| TypeAttributes.BeforeFieldInit)

        line $"type {flags} {definition.GetGenericParameters().Count}"

        if not definition.BaseType.IsNil then
            line (tokens.TypeText(image, definition.BaseType, kind, used))

        for implementation in definition.GetInterfaceImplementations() do
            let face = (image.Data.GetInterfaceImplementation implementation).Interface
            line (tokens.TypeText(image, face, kind, used))

        let layout = definition.GetLayout()
        line $"layout {layout.PackingSize} {layout.Size}"
        attributes image (definition.GetCustomAttributes())
        let isGenerated = image.IsGenerated handle

        let isEnum =
            not definition.BaseType.IsNil
            && tokens.TypeText(image, definition.BaseType, kind, List()) = "System.Enum"

        for handle in definition.GetFields() do
            let field = image.Data.GetFieldDefinition handle

            if field.Attributes.HasFlag FieldAttributes.Literal then
                // Values of an enumeration: their names can be written and read at run time.
                let constant = field.GetDefaultValue()

                if isEnum && not constant.IsNil then
                    let value = image.Data.GetConstant constant
                    let bytes = Convert.ToHexString(image.Data.GetBlobBytes value.Value)
                    line $"literal {image.Data.GetString field.Name} {bytes}"
            elif not (field.Attributes.HasFlag FieldAttributes.Static) then
                let name =
                    if isGenerated || GeneratedName.ofField (image.Data.GetString field.Name) then
                        ""
                    else
                        image.Data.GetString field.Name

                line $"field {name} {field.GetOffset()} {tokens.FieldType(image, handle, used)}"
                let marshalling = field.GetMarshallingDescriptor()

                if not marshalling.IsNil then
                    line (Convert.ToHexString(image.Data.GetBlobBytes marshalling))

                attributes image (field.GetCustomAttributes())

        for implementation in image.Overrides handle do
            let of' (handle: EntityHandle) =
                (tokens.Resolve(image, MetadataTokens.GetToken handle)).Text

            line $"{of' implementation.MethodDeclaration} by {of' implementation.MethodBody}"

        need used

    /// A type that a compiler made: all that can be called virtually comes with it.
    let generatedType (image: Image) (handle: TypeDefinitionHandle) =
        if image.IsStartup handle || image.TypeName handle = "<PrivateImplementationDetails>" then
            line "file"
        else
            shape image handle NodeKind.Made
            let definition = image.Data.GetTypeDefinition handle

            for method in definition.GetMethods() do
                let attributes = (image.Data.GetMethodDefinition method).Attributes

                if
                    attributes.HasFlag MethodAttributes.Virtual
                    || image.Data.StringComparer.Equals(
                        (image.Data.GetMethodDefinition method).Name,
                        ".cctor"
                    )
                then
                    line (Placeholder.make 'm' image.Number (MetadataTokens.GetRowNumber method))

    let rest where =
        while waiting.Count > 0 do
            let next = waiting.Dequeue()
            let colon = next.IndexOf ':'
            let image = world.Image(int (next.Substring(1, colon - 1)))
            let row = int (next.Substring(colon + 1))
            line $"= {numbers[next]}"

            match next[0] with
            | 't' -> generatedType image (MetadataTokens.TypeDefinitionHandle row)
            | 'm' -> method image (MetadataTokens.MethodDefinitionHandle row) where
            | _ -> field image (MetadataTokens.FieldDefinitionHandle row) where

    let finish () : string * Node[] =
        let bytes = Encoding.UTF8.GetBytes(text.ToString())
        Convert.ToHexStringLower(SHA256.HashData(ReadOnlySpan bytes)), Seq.toArray needs

    member _.Text = text.ToString()

    /// Digest and needs of a method.
    member _.Method(image: Image, handle: MethodDefinitionHandle, name: string) =
        method image handle name
        rest name
        finish ()

    member _.Type(image: Image, handle: TypeDefinitionHandle, name: string) =
        shape image handle NodeKind.Named
        rest name
        finish ()
