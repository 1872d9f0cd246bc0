/// Instructions as text: numbers of locals and places of jumps are those of the text, not of the file.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

/// What member writers of one program share.
type Tools = {
    Tokens: Tokens
    Wording: Wording
    Initialisers: Initialisers
}

/// Writes bodies, or parts of them, into a member's text.
type BodyText(tools: Tools, text: MemberText) =
    let tokens = tools.Tokens
    let signatures = tokens.Signatures
    let world = tokens.World
    let line (part: string) = text.Line part
    let need (nodes: Node seq) = text.Need nodes

    let resolve (image: Image) token =
        let resolved = tokens.Resolve(image, token)
        need resolved.Needs
        resolved

    /// Instances that an instruction makes, beyond what its token says.
    let makes (image: Image) (instruction: Instruction) token =
        let handle = MetadataTokens.EntityHandle(token: int)

        match instruction.Code with
        | ILOpCode.Newobj ->
            match tokens.Resolve(image, token).Target with
            | Target.OwnMethod(home, method) ->
                let owner = (home.Data.GetMethodDefinition method).GetDeclaringType()

                if not (home.IsGenerated owner) then
                    need [ Node.ofType NodeKind.Made (struct (home, owner)) ]
            | _ -> ()
        | ILOpCode.Box
        | ILOpCode.Initobj
        | ILOpCode.Newarr
        | ILOpCode.Ldtoken
        | ILOpCode.Constrained
        | ILOpCode.Ldobj
        | ILOpCode.Stobj ->
            match tokens.TryOwnType(image, handle) with
            | Some own -> need [ Node.ofType NodeKind.Made own ]
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
            let locals = signatures.Locals(image, body.LocalSignature, used)
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
                text.Raw.Append(usageName usage) |> ignore

                if isWhole then
                    text.Raw.Append(local).Append('\n') |> ignore
                else
                    match localNumbers.TryGetValue local with
                    | true, number -> text.Raw.Append(number).Append('\n') |> ignore
                    | _ ->
                        localNumbers[local] <- localNumbers.Count
                        text.Raw.Append(localNumbers[local]).Append(' ') |> ignore
                        line locals[local]
            | None ->
                match instruction.Operand with
                | Operand.Jumps jumps ->
                    let code =
                        if instruction.Code = ILOpCode.Switch then
                            instruction.Code
                        else
                            instruction.Code.GetLongBranch()

                    text.Raw.Append(int code) |> ignore

                    for jump in jumps do
                        text.Raw.Append(' ').Append(places[instruction.Next + jump] - (i - first))
                        |> ignore

                    text.Raw.Append '\n' |> ignore
                | _ when words.Contains i -> line "words"
                | Operand.Nothing -> text.Raw.Append(int instruction.Code).Append('\n') |> ignore
                | Operand.Number number ->
                    text.Raw.Append(int instruction.Code).Append(' ').Append(number).Append('\n')
                    |> ignore
                | Operand.Literal handle ->
                    let literal = image.Data.GetUserString handle

                    text.Raw
                        .Append(int instruction.Code)
                        .Append(' ')
                        .Append(literal.Length)
                        .Append(' ')
                        .Append(literal)
                        .Append('\n')
                    |> ignore
                | Operand.Token token ->
                    let resolved = resolve image token
                    makes image instruction token
                    reflection image where resolved
                    text.Raw.Append(int instruction.Code).Append(' ') |> ignore
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
                        let caught = signatures.Type(image, region.CatchType, NodeKind.Named, used)
                        need used
                        caught

                line (
                    $"{region.Kind} {place region.TryOffset} {place (region.TryOffset + region.TryLength)} "
                    + $"{place region.HandlerOffset} {place (region.HandlerOffset + region.HandlerLength)} "
                    + $"{place region.FilterOffset} {caught}"
                )

    let decoded (image: Image) (definition: MethodDefinition) =
        image.Body definition
        |> Option.map (fun body ->
            let instructions = Instructions.decode body
            let targets = Instructions.targets body instructions
            struct (body, instructions, tools.Wording.Of(image, body, instructions, targets)))

    member _.Whole(image: Image, definition: MethodDefinition, where: string) =
        match decoded image definition with
        | None -> ()
        | Some(struct (body, instructions, words)) ->
            instructionsOf image where body instructions words 0 (instructions.Length - 1)

    member _.Parts(image: Image, definition: MethodDefinition, parts: Part list, where: string) =
        match decoded image definition with
        | None -> ()
        | Some(struct (body, instructions, words)) ->
            for part in parts do
                line "part"
                instructionsOf image where body instructions words part.First part.Last
