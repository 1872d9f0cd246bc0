/// The assemblies of one program and what their tokens mean.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

type NodeKind =
    | Method = 0
    /// A type that is only spoken of: its layout counts.
    | Named = 1
    /// A type of which a static member is used: its static constructor counts as well.
    | Touched = 2
    /// A type of which there may be instances: whatever can be called virtually counts as well.
    | Made = 3
    /// An assembly that is not ours.
    | Outside = 4
    /// A use of reflection: a reason for which a whole assembly counts.
    | Whole = 5
    /// What belongs to no member of an assembly of ours: its attributes and its initialiser.
    | Assembly = 6

/// Something that a member needs.
[<Struct; CustomEquality; NoComparison>]
type Node = {
    Kind: NodeKind
    Image: int
    /// Row of the method or type; of `Outside` and `Whole`: number of the text.
    Row: int
} with

    member this.Equals(other: Node) =
        this.Row = other.Row
        && this.Image = other.Image
        && int this.Kind = int other.Kind

    override this.Equals(other: obj) =
        match other with
        | :? Node as other -> this.Equals other
        | _ -> false

    override this.GetHashCode() =
        (this.Row * 31 + this.Image) * 8 + int this.Kind

    interface IEquatable<Node> with
        member this.Equals other = this.Equals other

type OwnType = (struct (Image * TypeDefinitionHandle))

module Node =
    let ofType kind (struct (image, handle): OwnType) : Node = {
        Kind = kind
        Image = image.Number
        Row = MetadataTokens.GetRowNumber handle
    }

    let ofMethod (image: Image) (handle: MethodDefinitionHandle) : Node = {
        Kind = NodeKind.Method
        Image = image.Number
        Row = MetadataTokens.GetRowNumber handle
    }

/// What a token of a method or field is, apart from its text.
[<RequireQualifiedAccess>]
type Target =
    | OwnMethod of Image * MethodDefinitionHandle
    | OwnField of Image * FieldDefinitionHandle
    | OutsideMember of typeName: string * name: string
    | Type

type Resolved = {
    Text: string
    Needs: Node[]
    Target: Target
}

/// Marks, inside a text, a name that a compiler made up. Who writes the text down puts numbers there.
module Placeholder =
    let opening = '\u0001'
    let closing = '\u0002'

    let make (kind: char) (image: int) (row: int) : string =
        String.Concat([| string opening; string kind; string image; ":"; string row; string closing |])

/// `locate`: from an assembly's name to its file, if it is one of ours.
type World(locate: string -> string option) =
    let images = List<Image>()
    let byName = Dictionary<string, Image option>()
    let texts = List<string>()
    let textNumbers = Dictionary<string, int>()

    let typeReferences =
        Dictionary<struct (int * TypeReferenceHandle), struct (Choice<OwnType, string> * Node voption)>()

    let number text =
        match textNumbers.TryGetValue text with
        | true, number -> number
        | _ ->
            texts.Add text
            textNumbers[text] <- texts.Count - 1
            texts.Count - 1

    member _.Images = images
    member _.Image index = images[index]
    member _.Text index = texts[index]

    member _.TryImage(name: string) : Image option =
        match byName.TryGetValue name with
        | true, known -> known
        | _ ->
            let image = locate name |> Option.map (fun path -> new Image(images.Count, path))
            image |> Option.iter images.Add
            byName[name] <- image
            image

    member _.Outside(name: string, version: string) = {
        Kind = NodeKind.Outside
        Image = 0
        Row = number $"{name}\t{version}"
    }

    member _.Whole(image: Image, reason: string) = {
        Kind = NodeKind.Whole
        Image = image.Number
        Row = number reason
    }

    /// A type of ours, or the name of one that is not.
    member this.TypeReference
        (image: Image, handle: TypeReferenceHandle, needs: List<Node>)
        : Choice<OwnType, string> =
        let struct (resolved, outside) =
            match typeReferences.TryGetValue(struct (image.Number, handle)) with
            | true, known -> known
            | _ ->
                let known = this.FindType(image, handle)
                typeReferences[struct (image.Number, handle)] <- known
                known

        match outside with
        | ValueSome node -> needs.Add node
        | ValueNone -> ()

        resolved

    member private this.FindType(image: Image, handle: TypeReferenceHandle) =
        let data = image.Data

        /// The scope of the outermost type, and the full name.
        let rec follow (handle: TypeReferenceHandle) : EntityHandle * string =
            let reference = data.GetTypeReference handle
            let own = data.GetString reference.Name

            match reference.ResolutionScope.Kind with
            | HandleKind.TypeReference ->
                let scope, outer =
                    follow (TypeReferenceHandle.op_Explicit reference.ResolutionScope)

                scope, $"{outer}+{own}"
            | _ ->
                match data.GetString reference.Namespace with
                | "" -> reference.ResolutionScope, own
                | space -> reference.ResolutionScope, $"{space}.{own}"

        let scope, name = follow handle

        let home, outside =
            if not scope.IsNil && scope.Kind = HandleKind.AssemblyReference then
                let assembly = data.GetAssemblyReference(AssemblyReferenceHandle.op_Explicit scope)

                let assemblyName = data.GetString assembly.Name
                this.TryImage assemblyName, ValueSome(this.Outside(assemblyName, string assembly.Version))
            else
                Some image, ValueNone

        match home with
        | Some home -> this.FindIn(home, name, outside)
        | None -> struct (Choice2Of2 name, outside)

    /// A type that others look for in an assembly of ours may have moved on. The node is for what is not
    /// found: `outside`, where the way led out of our assemblies again, or the whole assembly.
    member this.FindIn
        (home: Image, name: string, outside: Node voption)
        : struct (Choice<OwnType, string> * Node voption) =
        match home.TryType name with
        | Some handle -> struct (Choice1Of2(struct (home, handle)), ValueNone)
        | None ->
            match home.TryForward name with
            | Some(assembly, version) ->
                match this.TryImage assembly with
                | Some image -> this.FindIn(image, name, outside)
                | None -> struct (Choice2Of2 name, ValueSome(this.Outside(assembly, version)))
            | None -> struct (Choice2Of2 name, ValueSome(this.Whole(home, $"{name} cannot be found")))

    /// The name by which a type of ours goes in texts.
    member _.OwnName(struct (image: Image, handle: TypeDefinitionHandle)) =
        if image.IsGenerated handle then
            Placeholder.make 't' image.Number (MetadataTokens.GetRowNumber handle)
        else
            image.TypeName handle

module PrimitiveNames =
    let private names =
        Array.init 256 (fun code ->
            string (LanguagePrimitives.EnumOfValue<byte, PrimitiveTypeCode>(byte code)))

    let of' (code: PrimitiveTypeCode) = names[int code]

/// Writes signatures, and keeps which types stood in them.
type SignatureNames(world: World, image: Image) =
    let mentions = List<struct (OwnType * bool)>()
    let outside = List<Node>()

    /// With true where the type is a value type.
    member _.Mentions = mentions
    member _.Outside = outside

    interface ISignatureTypeProvider<string, unit> with
        member _.GetPrimitiveType code = PrimitiveNames.of' code

        member _.GetTypeFromDefinition(reader, handle, kind) =
            let isValue =
                kind = byte SignatureTypeKind.ValueType
                || (kind = 0uy
                    && (match (reader.GetTypeDefinition handle).BaseType with
                        | b when b.IsNil -> false
                        | b when b.Kind = HandleKind.TypeReference ->
                            let name =
                                reader.GetString(
                                    (reader.GetTypeReference(TypeReferenceHandle.op_Explicit b)).Name
                                )

                            name = "ValueType" || name = "Enum"
                        | _ -> false))

            mentions.Add(struct (struct (image, handle), isValue))
            world.OwnName(struct (image, handle))

        member _.GetTypeFromReference(_, handle, kind) =
            match world.TypeReference(image, handle, outside) with
            | Choice1Of2 own ->
                mentions.Add(struct (own, kind = byte SignatureTypeKind.ValueType))
                world.OwnName own
            | Choice2Of2 name -> name

        member this.GetTypeFromSpecification(reader, _, handle, _) =
            (reader.GetTypeSpecification handle).DecodeSignature(this, ())

        member _.GetSZArrayType element = element + "[]"
        member _.GetArrayType(element, shape) = $"{element}[{shape.Rank}]"
        member _.GetByReferenceType element = element + "&"
        member _.GetPointerType element = element + "*"
        member _.GetPinnedType element = element + " pinned"

        member _.GetGenericInstantiation(generic, arguments) =
            let arguments = String.Join(",", arguments)
            $"{generic}<{arguments}>"

        member _.GetGenericMethodParameter(_, index) = "!!" + string index
        member _.GetGenericTypeParameter(_, index) = "!" + string index

        member _.GetModifiedType(modifier, unmodified, isRequired) =
            let word = if isRequired then "modreq" else "modopt"
            $"{unmodified} {word}({modifier})"

        member _.GetFunctionPointerType signature =
            let parameters = String.Join(",", signature.ParameterTypes)
            $"{signature.ReturnType} *({parameters})"

    member this.Method(signature: MethodSignature<string>) =
        let parameters = String.Join(",", signature.ParameterTypes)
        let header = signature.Header
        let instance = if header.IsInstance then "instance " else ""

        let generic =
            if signature.GenericParameterCount > 0 then
                $"`{signature.GenericParameterCount}"
            else
                ""

        let convention =
            match header.CallingConvention with
            | SignatureCallingConvention.Default -> ""
            | other -> string other

        String.Concat([| instance; convention; generic; "("; parameters; "):"; signature.ReturnType |])
