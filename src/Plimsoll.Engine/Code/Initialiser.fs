/// The initialiser of an F# file, cut into the parts that fill one module value each.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

/// A run of instructions that leaves the stack empty.
type Part = {
    First: int
    Last: int
    /// The module value that it fills.
    Fills: FieldDefinitionHandle option
}

type FileInitialiser = {
    Method: MethodDefinitionHandle
    /// Parts that may do more than fill their value: they count for every value of the file.
    Always: Part list
    /// The other parts, by the value that they fill.
    Values: Dictionary<FieldDefinitionHandle, Part>
} with

    /// What a value comes from, in the order in which it happens.
    member this.Of(field: FieldDefinitionHandle) : Part list =
        match this.Values.TryGetValue field with
        | true, part -> List.sortBy _.First (part :: this.Always)
        | _ -> this.Always

type Initialisers(tokens: Tokens) =
    let known =
        Dictionary<struct (int * TypeDefinitionHandle), FileInitialiser option>()

    let quiet = Dictionary<struct (int * MethodDefinitionHandle), bool>()

    /// Outside code that makes a value of its arguments and does nothing else.
    let makesValues (typeName: string) (name: string) =
        [
            "Microsoft.FSharp.Collections.FSharpList`1"
            "Microsoft.FSharp.Core.FSharpOption`1"
            "System.Tuple`"
            "System.ValueTuple`"
            "System.Nullable`1"
        ]
        |> List.exists (fun prefix -> typeName.StartsWith(prefix, StringComparison.Ordinal))
        || (typeName = "System.String" && name = "Concat")
        || (name = ".ctor"
            && (typeName = "System.Object"
                || typeName = "System.Attribute"
                || typeName.StartsWith("Microsoft.FSharp.Core.FSharpFunc`2", StringComparison.Ordinal)
                || typeName.StartsWith("Microsoft.FSharp.Core.OptimizedClosures", StringComparison.Ordinal)))

    let isPlain code =
        match code with
        | ILOpCode.Stelem
        | ILOpCode.Stelem_i
        | ILOpCode.Stelem_i1
        | ILOpCode.Stelem_i2
        | ILOpCode.Stelem_i4
        | ILOpCode.Stelem_i8
        | ILOpCode.Stelem_r4
        | ILOpCode.Stelem_r8
        | ILOpCode.Stelem_ref
        | ILOpCode.Stind_i
        | ILOpCode.Stind_i1
        | ILOpCode.Stind_i2
        | ILOpCode.Stind_i4
        | ILOpCode.Stind_i8
        | ILOpCode.Stind_r4
        | ILOpCode.Stind_r8
        | ILOpCode.Stind_ref
        | ILOpCode.Stobj
        | ILOpCode.Cpobj
        | ILOpCode.Cpblk
        | ILOpCode.Initblk
        | ILOpCode.Initobj
        | ILOpCode.Calli
        | ILOpCode.Localloc
        // Through an address, a constructor of a value type stores anywhere.
        | ILOpCode.Ldflda
        | ILOpCode.Ldsflda
        | ILOpCode.Ldelema
        | ILOpCode.Throw -> false
        | _ -> true

    /// Pushes one value and pops none.
    let isPush code =
        match code with
        | ILOpCode.Ldarg_0
        | ILOpCode.Ldarg_1
        | ILOpCode.Ldarg_2
        | ILOpCode.Ldarg_3
        | ILOpCode.Ldarg_s
        | ILOpCode.Ldarg
        | ILOpCode.Ldloc_0
        | ILOpCode.Ldloc_1
        | ILOpCode.Ldloc_2
        | ILOpCode.Ldloc_3
        | ILOpCode.Ldloc_s
        | ILOpCode.Ldloc
        | ILOpCode.Ldnull
        | ILOpCode.Ldstr
        | ILOpCode.Ldsfld -> true
        | code -> code >= ILOpCode.Ldc_i4_m1 && code <= ILOpCode.Ldc_r8

    /// Whether an instruction certainly stores into the instance that a constructor makes. A jump to between the
    /// instance and its value would bring another instance.
    let isOwnStore (instructions: Instruction[]) (targets: HashSet<int>) i =
        i >= 2
        && instructions[i].Code = ILOpCode.Stfld
        && instructions[i - 2].Code = ILOpCode.Ldarg_0
        && isPush instructions[i - 1].Code
        && not (targets.Contains instructions[i].At)
        && not (targets.Contains instructions[i - 1].At)

    let rec isQuietInstruction (image: Image) (instruction: Instruction) =
        match instruction.Code, instruction.Operand with
        | ILOpCode.Stfld, _
        | ILOpCode.Starg, _
        | ILOpCode.Starg_s, _
        | ILOpCode.Stsfld, _ -> false
        | (ILOpCode.Call | ILOpCode.Callvirt | ILOpCode.Newobj), Operand.Token token ->
            match tokens.Resolve(image, token).Target with
            | Target.OutsideMember(typeName, name) -> makesValues typeName name
            | Target.OwnMethod(home, method) -> isQuiet home method
            | _ -> false
        | code, _ -> isPlain code

    and isQuiet (image: Image) (handle: MethodDefinitionHandle) : bool =
        match quiet.TryGetValue(struct (image.Number, handle)) with
        | true, known -> known
        | _ ->
            // What calls itself is not looked into any further.
            quiet[struct (image.Number, handle)] <- false
            let method = image.Data.GetMethodDefinition handle

            let isConstructor = image.Data.StringComparer.Equals(method.Name, ".ctor")

            let answer =
                not (method.Attributes.HasFlag MethodAttributes.Virtual)
                && (match image.Body method with
                    | None -> false
                    | Some body ->
                        let instructions = Instructions.decode body
                        let targets = lazy (Instructions.targets body instructions)

                        let rec allQuiet i =
                            i = instructions.Length
                            || (isQuietInstruction image instructions[i]
                                || (isConstructor && isOwnStore instructions targets.Value i))
                               && allQuiet (i + 1)

                        allQuiet 0)

            quiet[struct (image.Number, handle)] <- answer
            answer

    let fieldOf (image: Image) (instruction: Instruction) =
        match instruction.Code, instruction.Operand with
        | ILOpCode.Stsfld, Operand.Token token ->
            match tokens.Resolve(image, token).Target with
            | Target.OwnField(home, field) when home.Number = image.Number -> Some field
            | _ -> None
        | _ -> None

    let cut (image: Image) (owner: TypeDefinitionHandle) method =
        match image.Body(image.Data.GetMethodDefinition method) with
        | None -> None
        | Some body ->
            let instructions = Instructions.decode body

            let ofFile field =
                (image.Data.GetFieldDefinition field).GetDeclaringType() = owner

            let ends =
                instructions
                |> Array.indexed
                |> Array.choose (fun (index, instruction) ->
                    fieldOf image instruction
                    |> Option.filter ofFile
                    |> Option.map (fun field -> index, Some field))

            let ends =
                if ends.Length > 0 && fst ends[ends.Length - 1] = instructions.Length - 1 then
                    ends
                else
                    Array.append ends [| instructions.Length - 1, None |]

            let parts =
                ends
                |> Array.mapi (fun i (last, field) -> {
                    First = if i = 0 then 0 else fst ends[i - 1] + 1
                    Last = last
                    Fills = field
                })

            let isQuietPart part =
                instructions[part.First .. part.Last]
                |> Array.forall (fun instruction ->
                    (fieldOf image instruction |> Option.exists ofFile)
                    || isQuietInstruction image instruction)

            /// Jumps stay inside, and locals are written before they are read.
            let isApart part =
                let written = HashSet<int>()
                let first, last = instructions[part.First].At, instructions[part.Last].At

                instructions[part.First .. part.Last]
                |> Array.forall (fun instruction ->
                    match instruction.Operand with
                    | Operand.Jumps jumps ->
                        jumps
                        |> Array.forall (fun jump ->
                            first <= instruction.Next + jump && instruction.Next + jump <= last)
                    | _ ->
                        match Instructions.local instruction with
                        | Some(LocalUse.Read, local) -> written.Contains local
                        | Some(_, local) ->
                            written.Add local |> ignore
                            true
                        | None -> true)

            let isStraight = body.ExceptionRegions.IsEmpty && parts |> Array.forall isApart

            if not isStraight then
                None
            else
                let values = Dictionary<FieldDefinitionHandle, Part>()

                // A value that changes on the way is not the same for all that read it.
                let filled = HashSet<FieldDefinitionHandle>()

                let again = parts |> Seq.choose _.Fills |> Seq.filter (filled.Add >> not) |> HashSet

                let filledOnce part =
                    part.Fills |> Option.forall (again.Contains >> not)

                let quiet, others =
                    parts |> Array.partition (fun part -> isQuietPart part && filledOnce part)

                for part in quiet do
                    match part.Fills with
                    | Some field -> values[field] <- part
                    | None -> ()

                Some {
                    Method = method
                    Always = List.ofArray others
                    Values = values
                }

    /// None: it cannot be cut, or the file has none.
    member _.Of(image: Image, owner: TypeDefinitionHandle) : FileInitialiser option =
        match known.TryGetValue(struct (image.Number, owner)) with
        | true, answer -> answer
        | _ ->
            let answer = image.StaticConstructor owner |> Option.bind (cut image owner)
            known[struct (image.Number, owner)] <- answer
            answer
