/// From the tokens of bodies to names, and to what the names stand for.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

type Tokens(world: World) =
    let known = Dictionary<struct (int * int), Resolved>()
    let attributeNames = Dictionary<struct (int * EntityHandle), string>()
    let signatures = Signatures world
    let inheritance = Inheritance(world, signatures)

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
                needs.Add(Node.ofMethod image handle)
                $"{parent}::{image.Data.GetString definition.Name} {signatures.Method(image, handle)}"

        needs.Add(Node.ofType NodeKind.Touched declaring)
        text

    let ownField (image: Image) (handle: FieldDefinitionHandle) parent (needs: List<Node>) =
        let definition = image.Data.GetFieldDefinition handle
        let name = image.Data.GetString definition.Name
        let owner = definition.GetDeclaringType()
        let isStatic = definition.Attributes.HasFlag FieldAttributes.Static
        let isGenerated = image.IsGenerated owner || GeneratedName.ofField name

        if not (image.IsGenerated owner) then
            needs.Add(Node.ofType NodeKind.Touched (struct (image, owner)))

        let fieldType = signatures.Field(image, handle, needs)

        if isStatic && isGenerated then
            Placeholder.make 'f' image.Number (MetadataTokens.GetRowNumber handle)
        elif isGenerated then
            parent + "#" + string (ordinal image handle) + " " + fieldType
        elif isStatic && definition.Attributes.HasFlag FieldAttributes.HasFieldRVA then
            let placeholder =
                Placeholder.make 'f' image.Number (MetadataTokens.GetRowNumber handle)

            $"{parent}::{name} {placeholder}"
        else
            $"{parent}::{name} {fieldType}"

    let parentKind (handle: EntityHandle) =
        if handle.Kind = HandleKind.TypeSpecification then
            NodeKind.Made
        else
            NodeKind.Touched

    /// Whether a member that a type of ours has not got itself can come from outside: from its base, or for an
    /// interface from another one.
    let mayInherit struct (image: Image, handle: TypeDefinitionHandle) (name: string) =
        let definition = image.Data.GetTypeDefinition handle

        let fromObject =
            List.contains name [
                "ToString"
                "Equals"
                "GetHashCode"
                "GetType"
                "Finalize"
                "MemberwiseClone"
                ".ctor"
            ]

        let parent =
            if definition.BaseType.IsNil then
                "System.Object"
            else
                signatures.Type(image, definition.BaseType, NodeKind.Named, List())

        (inheritance.Base(struct (image, handle))).IsNone
        && (fromObject
            || parent <> "System.Object"
            || definition.GetInterfaceImplementations()
               |> Seq.exists (fun implementation ->
                   let face = (image.Data.GetInterfaceImplementation implementation).Interface
                   (inheritance.Type(image, face)).IsNone))

    let memberReference (image: Image) (handle: MemberReferenceHandle) (needs: List<Node>) =
        let reference = image.Data.GetMemberReference handle
        let name = image.Data.GetString reference.Name
        let parent = reference.Parent

        let parentText =
            if parent.Kind = HandleKind.MethodDefinition then
                ""
            else
                signatures.Type(image, parent, parentKind parent, needs)

        let names = signatures.Names image
        let owner = inheritance.Type(image, parent)

        match reference.GetKind() with
        | MemberReferenceKind.Method ->
            let signature = names.Method(reference.DecodeMethodSignature(names, ()))

            match owner with
            | Some own ->
                match inheritance.Method(own, name, signature) with
                | Some(struct (image, method)) -> {
                    Text = ownMethod image method parentText needs
                    Needs = [||]
                    Target = Target.OwnMethod(image, method)
                  }
                | None ->
                    // Inherited from outside, or of a kind not foreseen here.
                    let struct (home, _) = own

                    if not (mayInherit own name) then
                        needs.Add(world.Whole(home, $"{parentText}::{name} cannot be resolved"))

                    signatures.Mention(names, NodeKind.Named, needs)

                    {
                        Text = $"{parentText}::{name} {signature}"
                        Needs = [||]
                        Target = Target.OutsideMember(parentText, name)
                    }
            | None ->
                signatures.Mention(names, NodeKind.Named, needs)

                {
                    Text = $"{parentText}::{name} {signature}"
                    Needs = [||]
                    Target = Target.OutsideMember(parentText, name)
                }
        | _ ->
            match owner |> Option.bind (fun own -> inheritance.Field(own, name)) with
            | Some(struct (image, field)) -> {
                Text = ownField image field parentText needs
                Needs = [||]
                Target = Target.OwnField(image, field)
              }
            | None ->
                match owner with
                | Some(struct (home, _) as own) when not (mayInherit own name) ->
                    needs.Add(world.Whole(home, $"{parentText}::{name} cannot be resolved"))
                | _ -> ()

                let fieldType = reference.DecodeFieldSignature(names, ())
                signatures.Mention(names, NodeKind.Named, needs)

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
            let names = signatures.Names image
            let arguments = String.Join(",", specification.DecodeSignature(names, ()))
            signatures.Mention(names, NodeKind.Made, needs)

            {
                inner with
                    Text = $"{inner.Text} of <{arguments}>"
                    Target =
                        match inner.Target with
                        | Target.OutsideMember(typeName, name) -> Target.OutsideMember(typeName, name + "`")
                        | target -> target
            }
        | HandleKind.StandaloneSignature ->
            let signature =
                data.GetStandaloneSignature(StandaloneSignatureHandle.op_Explicit handle)

            let names = signatures.Names image
            let text = names.Method(signature.DecodeMethodSignature(names, ()))
            signatures.Mention(names, NodeKind.Named, needs)

            {
                Text = text
                Needs = [||]
                Target = Target.Type
            }
        | _ ->
            let kind =
                if handle.Kind = HandleKind.TypeSpecification then
                    fun _ -> NodeKind.Made
                else
                    signatures.MadeIfValue

            {
                Text = signatures.Type(image, handle, kind, needs)
                Needs = [||]
                Target = Target.Type
            }

    member _.World = world
    member _.Signatures = signatures

    /// The type of ours that a token is, if it is one.
    member _.TryOwnType(image: Image, handle: EntityHandle) : OwnType option = inheritance.Type(image, handle)

    /// Whether a compiler made the method and its name up.
    member _.IsGenerated(image: Image, handle: MethodDefinitionHandle) : bool = isGeneratedMethod image handle

    /// The full name of a custom attribute's type.
    member _.AttributeName(image: Image, attribute: CustomAttribute) : string =
        match attributeNames.TryGetValue(struct (image.Number, attribute.Constructor)) with
        | true, name -> name
        | _ ->
            let name =
                match attribute.Constructor.Kind with
                | HandleKind.MethodDefinition ->
                    let method =
                        image.Data.GetMethodDefinition(
                            MethodDefinitionHandle.op_Explicit attribute.Constructor
                        )

                    image.TypeName(method.GetDeclaringType())
                | _ ->
                    let reference =
                        image.Data.GetMemberReference(MemberReferenceHandle.op_Explicit attribute.Constructor)

                    signatures.Type(image, reference.Parent, NodeKind.Named, List())

            attributeNames[struct (image.Number, attribute.Constructor)] <- name
            name

    /// What a token in a body stands for.
    member _.Resolve(image: Image, token: int) : Resolved =
        match known.TryGetValue(struct (image.Number, token)) with
        | true, resolved -> resolved
        | _ ->
            let needs = List<Node>()
            let resolved = resolve image (MetadataTokens.EntityHandle token) needs

            let resolved = {
                resolved with
                    Needs = Seq.toArray (HashSet needs)
            }

            known[struct (image.Number, token)] <- resolved
            resolved
