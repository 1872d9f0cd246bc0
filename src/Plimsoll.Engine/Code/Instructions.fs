/// IL as a list of instructions.
namespace Plimsoll.Engine.Code

open System.Collections.Generic
open System.Reflection.Emit
open System.Reflection.Metadata

/// What stands behind an opcode.
[<RequireQualifiedAccess>]
type Operand =
    | Nothing
    /// A constant, an argument or a local: its bytes as a number.
    | Number of int64
    | Literal of UserStringHandle
    /// A type, a method, a field, or a signature of an indirect call.
    | Token of int
    /// Distances from the end of the instruction.
    | Jumps of int[]

type Instruction = {
    At: int
    Next: int
    Code: ILOpCode
    Operand: Operand
}

[<RequireQualifiedAccess>]
type LocalUse =
    | Read
    | Write
    | Address

module Instructions =
    let private kinds =
        let kinds = Dictionary<ILOpCode, OperandType>()

        for field in typeof<OpCodes>.GetFields() do
            match field.GetValue null with
            | :? OpCode as code ->
                kinds[LanguagePrimitives.EnumOfValue(uint16 code.Value)] <- code.OperandType
            | _ -> ()

        kinds

    let private operand (reader: byref<BlobReader>) kind =
        match kind with
        | OperandType.InlineNone -> Operand.Nothing
        | OperandType.ShortInlineI
        | OperandType.ShortInlineVar -> Operand.Number(int64 (reader.ReadByte()))
        | OperandType.InlineVar -> Operand.Number(int64 (reader.ReadUInt16()))
        | OperandType.InlineI
        | OperandType.ShortInlineR -> Operand.Number(int64 (reader.ReadInt32()))
        | OperandType.InlineI8
        | OperandType.InlineR -> Operand.Number(reader.ReadInt64())
        | OperandType.ShortInlineBrTarget -> Operand.Jumps [| int (reader.ReadSByte()) |]
        | OperandType.InlineBrTarget -> Operand.Jumps [| reader.ReadInt32() |]
        | OperandType.InlineSwitch ->
            let jumps = Array.zeroCreate (reader.ReadInt32())

            for i in 0 .. jumps.Length - 1 do
                jumps[i] <- reader.ReadInt32()

            Operand.Jumps jumps
        | OperandType.InlineString ->
            Operand.Literal(Ecma335.MetadataTokens.UserStringHandle(reader.ReadInt32() &&& 0xFFFFFF))
        | _ -> Operand.Token(reader.ReadInt32())

    /// Throws KeyNotFoundException on a byte that is no opcode.
    let decode (body: MethodBodyBlock) : Instruction[] =
        let mutable reader = body.GetILReader()
        let instructions = List<Instruction>()

        while reader.RemainingBytes > 0 do
            let at = reader.Offset
            let first = reader.ReadByte()

            let code =
                if first = 0xFEuy then
                    0xFE00us ||| uint16 (reader.ReadByte())
                else
                    uint16 first
                |> LanguagePrimitives.EnumOfValue<uint16, ILOpCode>

            let operand = operand &reader kinds[code]

            instructions.Add {
                At = at
                Next = reader.Offset
                Code = code
                Operand = operand
            }

        instructions.ToArray()

    /// Where control can arrive other than from the instruction before.
    let targets (body: MethodBodyBlock) (instructions: Instruction[]) : HashSet<int> =
        let targets = HashSet<int>()

        for instruction in instructions do
            match instruction.Operand with
            | Operand.Jumps jumps ->
                for jump in jumps do
                    targets.Add(instruction.Next + jump) |> ignore
            | _ -> ()

        for region in body.ExceptionRegions do
            targets.Add region.TryOffset |> ignore
            targets.Add region.HandlerOffset |> ignore
            targets.Add region.FilterOffset |> ignore

        targets

    /// The local that an instruction uses.
    let local (instruction: Instruction) : (LocalUse * int) option =
        match instruction.Code, instruction.Operand with
        | ILOpCode.Ldloc_0, _ -> Some(LocalUse.Read, 0)
        | ILOpCode.Ldloc_1, _ -> Some(LocalUse.Read, 1)
        | ILOpCode.Ldloc_2, _ -> Some(LocalUse.Read, 2)
        | ILOpCode.Ldloc_3, _ -> Some(LocalUse.Read, 3)
        | ILOpCode.Stloc_0, _ -> Some(LocalUse.Write, 0)
        | ILOpCode.Stloc_1, _ -> Some(LocalUse.Write, 1)
        | ILOpCode.Stloc_2, _ -> Some(LocalUse.Write, 2)
        | ILOpCode.Stloc_3, _ -> Some(LocalUse.Write, 3)
        | (ILOpCode.Ldloc | ILOpCode.Ldloc_s), Operand.Number local -> Some(LocalUse.Read, int local)
        | (ILOpCode.Stloc | ILOpCode.Stloc_s), Operand.Number local -> Some(LocalUse.Write, int local)
        | (ILOpCode.Ldloca | ILOpCode.Ldloca_s), Operand.Number local -> Some(LocalUse.Address, int local)
        | _ -> None
