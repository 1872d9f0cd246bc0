/// From tokens to names, and to what the names stand for.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

type Tokens(world: World) =
    let known = Dictionary<struct (int * int), Resolved>()
    let signatures = Dictionary<struct (int * MethodDefinitionHandle), string>()

    let node kind struct (image: Image, handle: TypeDefinitionHandle) = {
        Kind = kind
        Image = image.Number
        Row = MetadataTokens.GetRowNumber handle
    }

    let methodNode (image: Image) (handle: MethodDefinitionHandle) = {
        Kind = NodeKind.Method
        Image = image.Number
        Row = MetadataTokens.GetRowNumber handle
    }

    /// Needs of the types that stood in a signature.
    let mentioned (names: SignatureNames) kind (needs: List<Node>) =
        for struct (own, isValue) in names.Mentions do
            needs.Add(node (kind isValue) own)

        needs.AddRange names.Outside

    let always kind (_: bool) = kind

    let madeIfValue isValue =
        if isValue then NodeKind.Made else NodeKind.Named

    let signatureOf (image: Image) (handle: MethodDefinitionHandle) =
        match signatures.TryGetValue(struct (image.Number, handle)) with
        | true, text -> text
        | _ ->
            let names = SignatureNames(world, image)

            let text =
                names.Method((image.Data.GetMethodDefinition handle).DecodeSignature(names, ()))

            signatures[struct (image.Number, handle)] <- text
            text

    let fieldType (image: Image) (handle: FieldDefinitionHandle) needs =
        let names = SignatureNames(world, image)
        let text = (image.Data.GetFieldDefinition handle).DecodeSignature(names, ())
        mentioned names (always NodeKind.Named) needs
        text

    let isGeneratedMethod (image: Image) (handle: MethodDefinitionHandle) =
        let definition = image.Data.GetMethodDefinition handle

        image.IsGenerated(definition.GetDeclaringType())
        || GeneratedName.ofMethod (image.Data.GetString definition.Name)

    /// The place of an instance field among those of its type.
    let ordinal (image: Image) (handle: FieldDefinitionHandle) =
        let definition = image.Data.GetFieldDefinition handle

        (image.Data.GetTypeDefinition(definition.GetDeclaringType())).GetFields()
        |> Seq.filter (fun field ->
            not ((image.Data.GetFieldDefinition field).Attributes.HasFlag FieldAttributes.Static))
        |> Seq.findIndex ((=) handle)

    let ownMethod (image: Image) (handle: MethodDefinitionHandle) parent (needs: List<Node>) =
        let definition = image.Data.GetMethodDefinition handle
        let declaring = struct (image, definition.GetDeclaringType())

        let text =
            if isGeneratedMethod image handle then
                let placeholder =
                    Placeholder.make 'm' image.Number (MetadataTokens.GetRowNumber handle)

                $"{parent} {placeholder}"
            else
                needs.Add(methodNode image handle)
                $"{parent}::{image.Data.GetString definition.Name} {signatureOf image handle}"

        needs.Add(node NodeKind.Touched declaring)
        text

    let ownField (image: Image) (handle: FieldDefinitionHandle) parent (needs: List<Node>) =
        let definition = image.Data.GetFieldDefinition handle
        let name = image.Data.GetString definition.Name
        let owner = definition.GetDeclaringType()
        let isStatic = definition.Attributes.HasFlag FieldAttributes.Static
        let isGenerated = image.IsGenerated owner || GeneratedName.ofField name

        if not (image.IsGenerated owner) then
            needs.Add(node NodeKind.Touched (struct (image, owner)))

        let fieldType = fieldType image handle needs

        if isStatic && isGenerated then
            Placeholder.make 'f' image.Number (MetadataTokens.GetRowNumber handle)
        elif isGenerated then
            parent + "#" + string (ordinal image handle) + " " + fieldType
        elif isStatic && definition.Attributes.HasFlag FieldAttributes.HasFieldRVA then
            let placeholder = Placeholder.make 'f' image.Number (MetadataTokens.GetRowNumber handle)
            $"{parent}::{name} {placeholder}"
        else
            $"{parent}::{name} {fieldType}"

    /// A method of a type of ours, or of one that it inherits from.
    let rec findMethod struct (image: Image, handle: TypeDefinitionHandle) name signature =
        let definition = image.Data.GetTypeDefinition handle

        let own =
            definition.GetMethods()
            |> Seq.tryFind (fun method ->
                image.Data.StringComparer.Equals((image.Data.GetMethodDefinition method).Name, name)
                && signatureOf image method = signature)

        match own with
        | Some method -> Some(struct (image, method))
        | None -> baseOf struct (image, handle) |> Option.bind (fun parent -> findMethod parent name signature)

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

    let typeText (image: Image) (handle: EntityHandle) kind (needs: List<Node>) =
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

    let parentKind (handle: EntityHandle) =
        if handle.Kind = HandleKind.TypeSpecification then
            NodeKind.Made
        else
            NodeKind.Touched

    let memberReference (image: Image) (handle: MemberReferenceHandle) (needs: List<Node>) =
        let reference = image.Data.GetMemberReference handle
        let name = image.Data.GetString reference.Name
        let parent = reference.Parent

        let parentText =
            if parent.Kind = HandleKind.MethodDefinition then
                ""
            else
                typeText image parent (always (parentKind parent)) needs

        let names = SignatureNames(world, image)
        let owner = ownTypeOf image parent

        match reference.GetKind() with
        | MemberReferenceKind.Method ->
            let signature = names.Method(reference.DecodeMethodSignature(names, ()))

            match owner with
            | Some own ->
                match findMethod own name signature with
                | Some(struct (image, method)) ->
                    {
                        Text = ownMethod image method parentText needs
                        Needs = [||]
                        Target = Target.OwnMethod(image, method)
                    }
                | None ->
                    // Inherited from outside, or of a kind not foreseen here.
                    let struct (home, _) = own

                    if baseOf own |> Option.isSome then
                        needs.Add(world.Whole(home, $"{parentText}::{name} cannot be resolved"))

                    mentioned names (always NodeKind.Named) needs

                    {
                        Text = $"{parentText}::{name} {signature}"
                        Needs = [||]
                        Target = Target.OutsideMember(parentText, name)
                    }
            | None ->
                mentioned names (always NodeKind.Named) needs

                {
                    Text = $"{parentText}::{name} {signature}"
                    Needs = [||]
                    Target = Target.OutsideMember(parentText, name)
                }
        | _ ->
            match owner |> Option.bind (fun own -> findField own name) with
            | Some(struct (image, field)) ->
                {
                    Text = ownField image field parentText needs
                    Needs = [||]
                    Target = Target.OwnField(image, field)
                }
            | None ->
                let fieldType = reference.DecodeFieldSignature(names, ())
                mentioned names (always NodeKind.Named) needs

                {
                    Text = $"{parentText}::{name} {fieldType}"
                    Needs = [||]
                    Target = Target.OutsideMember(parentText, name)
                }

    let rec resolve (image: Image) (handle: EntityHandle) (needs: List<Node>) : Resolved =
        let data = image.Data

        match handle.Kind with
        | HandleKind.MethodDefinition ->
            let method = MethodDefinitionHandle.op_Explicit handle
            let declaring = (data.GetMethodDefinition method).GetDeclaringType()

            {
                Text = ownMethod image method (world.OwnName(struct (image, declaring))) needs
                Needs = [||]
                Target = Target.OwnMethod(image, method)
            }
        | HandleKind.FieldDefinition ->
            let field = FieldDefinitionHandle.op_Explicit handle
            let declaring = (data.GetFieldDefinition field).GetDeclaringType()

            {
                Text = ownField image field (world.OwnName(struct (image, declaring))) needs
                Needs = [||]
                Target = Target.OwnField(image, field)
            }
        | HandleKind.MemberReference -> memberReference image (MemberReferenceHandle.op_Explicit handle) needs
        | HandleKind.MethodSpecification ->
            let specification =
                data.GetMethodSpecification(MethodSpecificationHandle.op_Explicit handle)

            let inner = resolve image specification.Method needs
            let names = SignatureNames(world, image)
            let arguments = String.Join(",", specification.DecodeSignature(names, ()))
            mentioned names (always NodeKind.Made) needs

            {
                inner with
                    Text = $"{inner.Text} of <{arguments}>"
            }
        | HandleKind.StandaloneSignature ->
            let signature =
                data.GetStandaloneSignature(StandaloneSignatureHandle.op_Explicit handle)

            let names = SignatureNames(world, image)
            let text = names.Method(signature.DecodeMethodSignature(names, ()))
            mentioned names (always NodeKind.Named) needs

            {
                Text = text
                Needs = [||]
                Target = Target.Type
            }
        | _ ->
            let kind =
                if handle.Kind = HandleKind.TypeSpecification then
                    always NodeKind.Made
                else
                    madeIfValue

            {
                Text = typeText image handle kind needs
                Needs = [||]
                Target = Target.Type
            }

    member _.World = world

    /// What a token in a body stands for.
    member _.Resolve(image: Image, token: int) : Resolved =
        match known.TryGetValue(struct (image.Number, token)) with
        | true, resolved -> resolved
        | _ ->
            let needs = List<Node>()
            let resolved = resolve image (MetadataTokens.EntityHandle token) needs

            let resolved = {
                resolved with
                    Needs = needs.ToArray() |> Array.distinct
            }

            known[struct (image.Number, token)] <- resolved
            resolved

    /// The type itself, where a token is one, for instructions that make instances.
    member _.TryOwnType(image: Image, handle: EntityHandle) : OwnType option = ownTypeOf image handle

    member _.TypeText(image: Image, handle: EntityHandle, kind, needs) =
        typeText image handle (always kind) needs

    member _.Signature(image, handle) = signatureOf image handle

    /// The types in a method's own signature.
    member _.SignatureNeeds(image: Image, handle: MethodDefinitionHandle, kind, needs) =
        let names = SignatureNames(world, image)

        (image.Data.GetMethodDefinition handle).DecodeSignature(names, ())
        |> ignore

        mentioned names (always kind) needs

    member _.FieldType(image, handle, needs) = fieldType image handle needs

    member _.FieldNeeds(image: Image, handle: FieldDefinitionHandle, kind: bool -> NodeKind, needs) =
        let names = SignatureNames(world, image)

        (image.Data.GetFieldDefinition handle).DecodeSignature(names, ())
        |> ignore

        mentioned names kind needs

    member _.Locals(image: Image, handle: StandaloneSignatureHandle, needs) : string[] =
        if handle.IsNil then
            [||]
        else
            let names = SignatureNames(world, image)

            let locals =
                (image.Data.GetStandaloneSignature handle).DecodeLocalSignature(names, ())

            mentioned names madeIfValue needs
            Seq.toArray locals

    member _.Base(own: OwnType) : OwnType option = baseOf own
    member _.IsGenerated(image, handle) = isGeneratedMethod image handle
    member _.MethodNode(image, handle) = methodNode image handle
    member _.TypeNode(kind, own: OwnType) = node kind own
