/// The canonical text of a member, with all that the compilers made for it and nobody can name.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Security.Cryptography

/// Writes one member.
type Writer(tools: Tools) =
    let tokens = tools.Tokens
    let signatures = tokens.Signatures
    let world = tokens.World
    let text = MemberText()
    let bodies = BodyText(tools, text)
    let line (part: string) = text.Line part
    let need (nodes: Node seq) = text.Need nodes

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

            let name = tokens.AttributeName(image, attribute)

            if not (isSilent name) then
                found.Add $"[{name} {Convert.ToHexString(image.Data.GetBlobBytes attribute.Value)}]"

        found.Sort StringComparer.Ordinal
        found |> Seq.iter line

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

        line $"method {definition.Attributes &&& counted} {signatures.Method(image, handle)}"
        let used = List<Node>()
        signatures.MethodNeeds(image, handle, NodeKind.Named, used)
        need used

        if image.IsGenerated declaring then
            text.Add(world.OwnName(struct (image, declaring)))
        else
            need [ Node.ofType NodeKind.Touched (struct (image, declaring)) ]

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

            bodies.Whole(image, definition, where)

    let initialiserParts (image: Image) (initialiser: FileInitialiser) parts where =
        bodies.Parts(image, image.Data.GetMethodDefinition initialiser.Method, parts, where)

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
        let fieldType = signatures.Field(image, handle, used)
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
    let shape (image: Image) (handle: TypeDefinitionHandle) (kind: NodeKind) =
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
            line (signatures.Type(image, definition.BaseType, kind, used))

        for implementation in definition.GetInterfaceImplementations() do
            let face = (image.Data.GetInterfaceImplementation implementation).Interface
            line (signatures.Type(image, face, kind, used))

        let layout = definition.GetLayout()
        line $"layout {layout.PackingSize} {layout.Size}"
        attributes image (definition.GetCustomAttributes())
        let isGenerated = image.IsGenerated handle

        let isEnum =
            not definition.BaseType.IsNil
            && signatures.Type(image, definition.BaseType, kind, List()) = "System.Enum"

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

                line $"field {name} {field.GetOffset()} {signatures.Field(image, handle, used)}"
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
        if
            image.IsStartup handle
            || image.TypeName handle = "<PrivateImplementationDetails>"
        then
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

    let rec rest where =
        match text.TryNext() with
        | ValueNone -> ()
        | ValueSome(struct (next, number)) ->
            let colon = next.IndexOf ':'
            let image = world.Image(int (next.Substring(1, colon - 1)))
            let row = int (next.Substring(colon + 1))
            line $"= {number}"

            match next[0] with
            | 't' -> generatedType image (MetadataTokens.TypeDefinitionHandle row)
            | 'm' -> method image (MetadataTokens.MethodDefinitionHandle row) where
            | _ -> field image (MetadataTokens.FieldDefinitionHandle row) where

            rest where

    /// Digest and needs of a method.
    member _.Method(image: Image, handle: MethodDefinitionHandle, name: string) =
        method image handle name
        rest name
        text.Finish()

    member _.Type(image: Image, handle: TypeDefinitionHandle, name: string) =
        shape image handle NodeKind.Named
        rest name
        text.Finish()
