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

    let attributes (image: Image) (handles: CustomAttributeHandleCollection) =
        let found = List<string>()

        for handle in handles do
            let attribute = image.Data.GetCustomAttribute handle

            let name = tokens.AttributeName(image, attribute)

            if not (Silent.is name) then
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

    let countedOfCode =
        MethodImplAttributes.PreserveSig
        ||| MethodImplAttributes.Synchronized
        ||| MethodImplAttributes.CodeTypeMask

    /// How what is not written in IL takes its parameters.
    let marshalling (image: Image) (definition: MethodDefinition) =
        for handle in definition.GetParameters() do
            let parameter = image.Data.GetParameter handle

            let flags =
                parameter.Attributes &&& (ParameterAttributes.In ||| ParameterAttributes.Out)

            let descriptor = parameter.GetMarshallingDescriptor()

            if int flags <> 0 || not descriptor.IsNil then
                let bytes =
                    if descriptor.IsNil then
                        ""
                    else
                        Convert.ToHexString(image.Data.GetBlobBytes descriptor)

                line $"parameter {parameter.SequenceNumber} {flags} {bytes}"

    let mapping = "Microsoft.FSharp.Core.CompilationMappingAttribute"
    let accessor = "System.Runtime.CompilerServices.UnsafeAccessorAttribute"

    let has (image: Image) (handles: CustomAttributeHandleCollection) name =
        handles
        |> Seq.exists (fun handle -> tokens.AttributeName(image, image.Data.GetCustomAttribute handle) = name)

    let method (image: Image) (handle: MethodDefinitionHandle) where =
        let definition = image.Data.GetMethodDefinition handle
        let declaring = definition.GetDeclaringType()

        let ofCode = int (definition.ImplAttributes &&& countedOfCode)
        line $"method {definition.Attributes &&& counted} {ofCode} {signatures.Method(image, handle)}"
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

            if definition.RelativeVirtualAddress = 0 then
                marshalling image definition

                if has image (definition.GetCustomAttributes()) accessor then
                    need [ world.Whole(image, $"{where} uses UnsafeAccessor") ]

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
            | Some initialiser -> initialiserParts image initialiser (initialiser.Of handle) where
            | None ->
                match image.StaticConstructor owner with
                | Some method -> line (Placeholder.make 'm' image.Number (MetadataTokens.GetRowNumber method))
                | None -> ()
        elif
            image.IsGenerated owner
            && image.TypeName owner <> "<PrivateImplementationDetails>"
        then
            line (world.OwnName(struct (image, owner)))

    /// F# writes values out by the names and the order of their fields and cases.
    let names (image: Image) (definition: TypeDefinition) =
        let found = List<string>()

        for handle in definition.GetProperties() do
            let property = image.Data.GetPropertyDefinition handle

            for attribute in property.GetCustomAttributes() do
                let attribute = image.Data.GetCustomAttribute attribute

                if tokens.AttributeName(image, attribute) = mapping then
                    let value = Convert.ToHexString(image.Data.GetBlobBytes attribute.Value)
                    found.Add $"property {image.Data.GetString property.Name} {value}"

        for handle in definition.GetMethods() do
            let method = image.Data.GetMethodDefinition handle
            let name = image.Data.GetString method.Name

            // The case without fields, of a union.
            if
                name.StartsWith("get_", StringComparison.Ordinal)
                || name.StartsWith("New", StringComparison.Ordinal)
            then
                for attribute in method.GetCustomAttributes() do
                    let attribute = image.Data.GetCustomAttribute attribute

                    if tokens.AttributeName(image, attribute) = mapping then
                        let value = Convert.ToHexString(image.Data.GetBlobBytes attribute.Value)
                        found.Add $"case {name} {value}"

        found.Sort StringComparer.Ordinal
        found |> Seq.iter line

    /// Base, interfaces, layout: what a type is without its methods.
    let shape (image: Image) (handle: TypeDefinitionHandle) (kind: NodeKind) =
        let definition = image.Data.GetTypeDefinition handle
        let used = List<Node>()

        let flags =
            definition.Attributes
            &&& (TypeAttributes.LayoutMask
                 ||| TypeAttributes.Interface
                 ||| TypeAttributes.Abstract
                 ||| TypeAttributes.StringFormatMask
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

            elif (field.GetCustomAttributes()).Count > 0 then
                // A value for each thread, for example.
                let name = image.Data.GetString field.Name

                let name = if GeneratedName.ofField name then "" else name
                line $"static {name}"
                attributes image (field.GetCustomAttributes())

        // A module has values, and they are no part of it.
        let isStatic =
            definition.Attributes.HasFlag TypeAttributes.Abstract
            && definition.Attributes.HasFlag TypeAttributes.Sealed

        if not isStatic && has image (definition.GetCustomAttributes()) mapping then
            names image definition

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
                let definition = image.Data.GetMethodDefinition method
                let attributes = definition.Attributes

                if
                    attributes.HasFlag MethodAttributes.Virtual
                    || image.Data.StringComparer.Equals(definition.Name, ".cctor")
                    // Generic code makes instances by the constructor that takes nothing.
                    || (image.Data.StringComparer.Equals(definition.Name, ".ctor")
                        && definition.GetParameters().Count = 0)
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

    /// What is said of the assembly and its module, and the code that runs before any other of it.
    member _.Assembly(image: Image) =
        line "assembly"
        attributes image ((image.Data.GetAssemblyDefinition()).GetCustomAttributes())
        line "module"
        attributes image ((image.Data.GetModuleDefinition()).GetCustomAttributes())

        image.TryType "<Module>"
        |> Option.bind image.StaticConstructor
        |> Option.iter (fun method ->
            line (Placeholder.make 'm' image.Number (MetadataTokens.GetRowNumber method)))

        rest $"assembly {image.Name}"
        text.Finish()

    member _.Type(image: Image, handle: TypeDefinitionHandle, name: string) =
        shape image handle NodeKind.Named
        rest name
        text.Finish()
