/// Which literals of a body are words for people and can be nothing else.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

type Wording(tokens: Tokens) =
    let parameters = Dictionary<struct (int * MethodDefinitionHandle), bool>()
    let types = Dictionary<struct (int * TypeDefinitionHandle), bool>()

    let isWording (image: Image) (attributes: CustomAttributeHandleCollection) =
        attributes
        |> Seq.exists (fun handle ->
            let name = tokens.AttributeName(image, image.Data.GetCustomAttribute handle)

            name = "WordingAttribute"
            || name.EndsWith(".WordingAttribute", StringComparison.Ordinal))

    let rec ofType (image: Image) (handle: TypeDefinitionHandle) =
        match types.TryGetValue(struct (image.Number, handle)) with
        | true, known -> known
        | _ ->
            let definition = image.Data.GetTypeDefinition handle

            let known =
                isWording image (definition.GetCustomAttributes())
                || (definition.IsNested && ofType image (definition.GetDeclaringType()))

            types[struct (image.Number, handle)] <- known
            known

    /// Whether the last parameter is for words.
    let ofParameter (image: Image) (handle: MethodDefinitionHandle) =
        match parameters.TryGetValue(struct (image.Number, handle)) with
        | true, known -> known
        | _ ->
            let all =
                (image.Data.GetMethodDefinition handle).GetParameters()
                |> Seq.map image.Data.GetParameter
                |> Seq.filter (fun parameter -> parameter.SequenceNumber > 0)
                |> Seq.toArray

            let known =
                all.Length > 0
                && isWording image ((all |> Array.maxBy _.SequenceNumber).GetCustomAttributes())

            parameters[struct (image.Number, handle)] <- known
            known

    let takesNothing (image: Image) (handle: MethodDefinitionHandle) =
        let mutable blob =
            image.Data.GetBlobReader (image.Data.GetMethodDefinition handle).Signature

        let header = blob.ReadSignatureHeader()

        if header.IsGeneric then
            blob.ReadCompressedInteger() |> ignore

        blob.ReadCompressedInteger() = 0

    /// Outside code that makes texts and exceptions of its arguments, and nothing else.
    let makesTexts (typeName: string) (name: string) =
        typeName = "System.String"
        || typeName = "System.FormattableString"
        || typeName = "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler"
        || typeName = "System.Runtime.CompilerServices.FormattableStringFactory"
        || typeName = "System.Globalization.CultureInfo"
        || (typeName.EndsWith("Exception", StringComparison.Ordinal)
            && typeName.StartsWith("System.", StringComparison.Ordinal))
        || typeName.StartsWith("Microsoft.FSharp.Core.PrintfFormat`5", StringComparison.Ordinal)
        || ((typeName = "Microsoft.FSharp.Core.ExtraTopLevelOperators"
             || typeName = "Microsoft.FSharp.Core.PrintfModule")
            && name.StartsWith("PrintFormatToString", StringComparison.Ordinal))
        || (typeName = "Microsoft.FSharp.Core.Operators" && name = "Failure")
        || typeName = "Microsoft.FSharp.Core.MatchFailureException"
        || name = "ToString"

    let isCall code =
        code = ILOpCode.Call || code = ILOpCode.Callvirt || code = ILOpCode.Newobj

    let targetOf image (instruction: Instruction) =
        match instruction.Operand with
        | Operand.Token token -> tokens.Resolve(image, token).Target
        | _ -> Target.Type

    /// A literal in such a block can only become the text of what the block throws.
    let onlyThrows image (block: ArraySegment<Instruction>) =
        let makesArray = block |> Seq.exists (fun i -> i.Code = ILOpCode.Newarr)

        block
        |> Seq.forall (fun instruction ->
            match instruction.Code with
            | ILOpCode.Stfld
            | ILOpCode.Stsfld
            | ILOpCode.Stind_ref
            | ILOpCode.Stobj
            | ILOpCode.Calli
            | ILOpCode.Starg
            | ILOpCode.Starg_s -> false
            | ILOpCode.Stelem_ref
            | ILOpCode.Stelem -> makesArray
            | code when isCall code ->
                match targetOf image instruction with
                | Target.OutsideMember(typeName, name) -> makesTexts typeName name
                | Target.OwnMethod(image, method) ->
                    takesNothing image method
                    || ofType image ((image.Data.GetMethodDefinition method).GetDeclaringType())
                | _ -> false
            | _ -> true)

    let endsBlock code =
        match code with
        | ILOpCode.Ret
        | ILOpCode.Throw
        | ILOpCode.Rethrow
        | ILOpCode.Endfinally
        | ILOpCode.Endfilter -> true
        | _ -> false

    let isGuard (name: string) (typeName: string) =
        name.StartsWith("ThrowIf", StringComparison.Ordinal)
        && typeName.StartsWith("System.", StringComparison.Ordinal)
        && typeName.EndsWith("Exception", StringComparison.Ordinal)

    member _.IsType(image, handle) = ofType image handle

    /// Indices of the instructions whose operands are words: literals, and the place in a
    /// MatchFailureException. None where the same method may catch what is thrown: it can go on with the text,
    /// and with what was stored on the way.
    member _.Of
        (image: Image, body: MethodBodyBlock, instructions: Instruction[], targets: HashSet<int>)
        : HashSet<int> =
        let words = HashSet<int>()
        let mutable start = 0

        let catching =
            body.ExceptionRegions
            |> Seq.filter (fun region ->
                region.Kind = ExceptionRegionKind.Catch
                || region.Kind = ExceptionRegionKind.Filter)
            |> Seq.toArray

        let mayCatch (instruction: Instruction) =
            catching
            |> Array.exists (fun region ->
                region.TryOffset <= instruction.At
                && instruction.At < region.TryOffset + region.TryLength)

        let isLiteral i =
            i >= 0 && instructions[i].Operand.IsLiteral

        for i in 0 .. instructions.Length - 1 do
            let instruction = instructions[i]

            if targets.Contains instruction.At then
                start <- i

            if isCall instruction.Code then
                match targetOf image instruction with
                | Target.OutsideMember(typeName, name) when
                    isGuard name typeName && isLiteral (i - 1) && not (mayCatch instruction)
                    ->
                    words.Add(i - 1) |> ignore
                | Target.OutsideMember("Microsoft.FSharp.Core.MatchFailureException", ".ctor") when
                    i >= 3 && isLiteral (i - 3) && not (mayCatch instruction)
                    ->
                    words.UnionWith [ i - 3; i - 2; i - 1 ]
                | Target.OwnMethod(home, method) when isLiteral (i - 1) && ofParameter home method ->
                    words.Add(i - 1) |> ignore
                | _ -> ()

            if instruction.Code = ILOpCode.Throw && not (mayCatch instruction) then
                let block = ArraySegment(instructions, start, i - start + 1)

                if onlyThrows image block then
                    for j in start..i do
                        if isLiteral j then
                            words.Add j |> ignore

                        // The length of the literals goes to the handler beside them.
                        if j >= start + 2 && isCall instructions[j].Code then
                            match targetOf image instructions[j] with
                            | Target.OutsideMember("System.Runtime.CompilerServices.DefaultInterpolatedStringHandler",
                                                   ".ctor") -> words.Add(j - 2) |> ignore
                            | _ -> ()

            if endsBlock instruction.Code || instruction.Operand.IsJumps then
                start <- i + 1

        words
