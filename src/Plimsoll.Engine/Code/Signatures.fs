/// Types and signatures as text, and what of ours they need.
namespace Plimsoll.Engine.Code

open System.Collections.Generic
open System.Reflection.Metadata

type Signatures(world: World) =
    let methods = Dictionary<struct (int * MethodDefinitionHandle), string>()

    /// Needs of the types that stood in a signature.
    let mentioned (names: SignatureNames) kind (needs: List<Node>) =
        for struct (own, isValue) in names.Mentions do
            needs.Add(Node.ofType (kind isValue) own)

        needs.AddRange names.Outside

    let always kind (_: bool) = kind

    member _.Names(image: Image) = SignatureNames(world, image)

    /// Adds the needs of what `names` has written; `kind` is asked with true for a value type.
    member _.Mention(names: SignatureNames, kind: bool -> NodeKind, needs: List<Node>) =
        mentioned names kind needs

    member _.Mention(names: SignatureNames, kind: NodeKind, needs: List<Node>) =
        mentioned names (always kind) needs

    /// A type that is named where instances of reference types are not made.
    member _.MadeIfValue(isValue: bool) : NodeKind =
        if isValue then NodeKind.Made else NodeKind.Named

    member _.Type(image: Image, handle: EntityHandle, kind: bool -> NodeKind, needs: List<Node>) : string =
        let names = SignatureNames(world, image)
        let provider = names :> ISignatureTypeProvider<string, unit>

        let text =
            match handle.Kind with
            | HandleKind.TypeDefinition ->
                provider.GetTypeFromDefinition(image.Data, TypeDefinitionHandle.op_Explicit handle, 0uy)
            | HandleKind.TypeReference ->
                provider.GetTypeFromReference(image.Data, TypeReferenceHandle.op_Explicit handle, 0uy)
            | HandleKind.TypeSpecification ->
                provider.GetTypeFromSpecification(
                    image.Data,
                    (),
                    TypeSpecificationHandle.op_Explicit handle,
                    0uy
                )
            | _ -> ""

        mentioned names kind needs
        text

    member this.Type(image: Image, handle: EntityHandle, kind: NodeKind, needs: List<Node>) : string =
        this.Type(image, handle, always kind, needs)

    member _.Method(image: Image, handle: MethodDefinitionHandle) : string =
        match methods.TryGetValue(struct (image.Number, handle)) with
        | true, text -> text
        | _ ->
            let names = SignatureNames(world, image)

            let text =
                names.Method((image.Data.GetMethodDefinition handle).DecodeSignature(names, ()))

            methods[struct (image.Number, handle)] <- text
            text

    /// The types in a method's own signature.
    member _.MethodNeeds(image: Image, handle: MethodDefinitionHandle, kind: NodeKind, needs: List<Node>) =
        let names = SignatureNames(world, image)
        (image.Data.GetMethodDefinition handle).DecodeSignature(names, ()) |> ignore
        mentioned names (always kind) needs

    member _.Field(image: Image, handle: FieldDefinitionHandle, needs: List<Node>) : string =
        let names = SignatureNames(world, image)
        let text = (image.Data.GetFieldDefinition handle).DecodeSignature(names, ())
        mentioned names (always NodeKind.Named) needs
        text

    member _.FieldNeeds
        (image: Image, handle: FieldDefinitionHandle, kind: bool -> NodeKind, needs: List<Node>)
        =
        let names = SignatureNames(world, image)
        (image.Data.GetFieldDefinition handle).DecodeSignature(names, ()) |> ignore
        mentioned names kind needs

    member this.Locals(image: Image, handle: StandaloneSignatureHandle, needs: List<Node>) : string[] =
        if handle.IsNil then
            [||]
        else
            let names = SignatureNames(world, image)

            let locals =
                (image.Data.GetStandaloneSignature handle).DecodeLocalSignature(names, ())

            mentioned names this.MadeIfValue needs
            Seq.toArray locals
