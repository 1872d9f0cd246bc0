/// The member of ours that a name means: in a type, or in one that it inherits from.
namespace Plimsoll.Engine.Code

open System.Collections.Generic
open System.Reflection.Metadata

type Inheritance(world: World, signatures: Signatures) =
    /// A method of a type of ours, or of one that it inherits from.
    let rec findMethod struct (image: Image, handle: TypeDefinitionHandle) name signature =
        let definition = image.Data.GetTypeDefinition handle

        let own =
            definition.GetMethods()
            |> Seq.tryFind (fun method ->
                image.Data.StringComparer.Equals((image.Data.GetMethodDefinition method).Name, name)
                && signatures.Method(image, method) = signature)

        match own with
        | Some method -> Some(struct (image, method))
        | None ->
            baseOf struct (image, handle)
            |> Option.bind (fun parent -> findMethod parent name signature)

    and baseOf struct (image: Image, handle: TypeDefinitionHandle) : OwnType option =
        ownTypeOf image (image.Data.GetTypeDefinition handle).BaseType

    and ownTypeOf (image: Image) (handle: EntityHandle) : OwnType option =
        if handle.IsNil then
            None
        else
            match handle.Kind with
            | HandleKind.TypeDefinition -> Some(struct (image, TypeDefinitionHandle.op_Explicit handle))
            | HandleKind.TypeReference ->
                match world.TypeReference(image, TypeReferenceHandle.op_Explicit handle, List()) with
                | Choice1Of2 own -> Some own
                | Choice2Of2 _ -> None
            | HandleKind.TypeSpecification ->
                let specification =
                    image.Data.GetTypeSpecification(TypeSpecificationHandle.op_Explicit handle)

                let mutable blob = image.Data.GetBlobReader specification.Signature

                match blob.ReadSignatureTypeCode() with
                | SignatureTypeCode.GenericTypeInstance ->
                    blob.ReadCompressedInteger() |> ignore
                    ownTypeOf image (blob.ReadTypeHandle())
                | SignatureTypeCode.TypeHandle ->
                    blob.Reset()
                    blob.ReadCompressedInteger() |> ignore
                    ownTypeOf image (blob.ReadTypeHandle())
                | _ -> None
            | _ -> None

    let rec findField struct (image: Image, handle: TypeDefinitionHandle) (name: string) =
        (image.Data.GetTypeDefinition handle).GetFields()
        |> Seq.tryFind (fun field ->
            image.Data.StringComparer.Equals((image.Data.GetFieldDefinition field).Name, name))
        |> Option.map (fun field -> struct (image, field))
        |> Option.orElseWith (fun () ->
            baseOf (struct (image, handle))
            |> Option.bind (fun parent -> findField parent name))

    /// A type of ours behind a definition, a reference or an instance of a generic type.
    member _.Type(image: Image, handle: EntityHandle) : OwnType option = ownTypeOf image handle

    /// None: the base is not ours, or there is none.
    member _.Base(own: OwnType) : OwnType option = baseOf own

    member _.Method(own: OwnType, name: string, signature: string) = findMethod own name signature
    member _.Field(own: OwnType, name: string) = findField own name
