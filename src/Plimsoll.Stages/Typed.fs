/// Parameters that are declared and read in one place, so that a stage cannot misread its own declaration.
module Plimsoll.Stages.Typed

open Plimsoll.Data
open Plimsoll.Language

/// A declared parameter together with how a stage reads its value.
type Typed<'T> = {
    Declared: Parameter
    Of: StageRequest -> 'T
}

let private read convert (name: string) (request: StageRequest) =
    match Map.tryFind name request.Parameters |> Option.bind convert with
    | Some value -> value
    | None -> invalidOp $"the stage was started without a usable value of its parameter '{name}'"

let private declare convert kind name standard unit meaning = {
    Declared = {
        Name = name
        Type = kind
        Default = standard
        Unit = unit
        Meaning = meaning
    }
    Of = read convert name
}

let private asReal =
    function
    | Real value -> Some value
    | Whole value -> Some(double value)
    | _ -> None

let private asWhole =
    function
    | Whole value -> Some value
    | _ -> None

let private asText =
    function
    | Text value -> Some value
    | _ -> None

let private asFlag =
    function
    | Flag value -> Some value
    | _ -> None

let private asWidths =
    function
    | Items items when items |> List.forall (asWhole >> Option.isSome) ->
        items |> List.choose asWhole |> List.map int |> List.toArray |> Some
    | _ -> None

let private asReals =
    function
    | Items items when not items.IsEmpty && items |> List.forall (asReal >> Option.isSome) ->
        items |> List.choose asReal |> List.toArray |> Some
    | _ -> None

/// A whole number with inclusive bounds.
let whole name (standard: int64) (lowest, highest) unit ([<Wording>] meaning: string) =
    declare asWhole (WholeType(lowest, highest)) name (Some(Whole standard)) unit meaning

/// A number with inclusive bounds.
let real name (standard: double) (lowest, highest) unit ([<Wording>] meaning: string) =
    declare asReal (RealType(lowest, highest)) name (Some(Real standard)) unit meaning

/// A number above its lower bound.
let positive name (standard: double) (above, highest) unit ([<Wording>] meaning: string) =
    declare asReal (RealAboveType(above, highest)) name (Some(Real standard)) unit meaning

/// A number that must be given.
let requiredReal name (lowest, highest) unit ([<Wording>] meaning: string) =
    declare asReal (RealType(lowest, highest)) name None unit meaning

/// True or false.
let flag name standard ([<Wording>] meaning: string) =
    declare asFlag FlagType name (Some(Flag standard)) "" meaning

let choice name (standard: string) options ([<Wording>] meaning: string) =
    declare asText (ChoiceType options) name (Some(Text standard)) "" meaning

let requiredText name ([<Wording>] meaning: string) =
    declare asText TextType name None "" meaning

let requiredFile name ([<Wording>] meaning: string) =
    declare asText FileType name None "" meaning

/// A list of numbers from 0 to 1, empty by default.
let fractions name ([<Wording>] meaning: string) =
    let convert =
        function
        | Items items when items |> List.forall (asReal >> Option.isSome) ->
            items |> List.choose asReal |> List.toArray |> Some
        | _ -> None

    declare convert (ItemsType(RealType(0.0, 1.0))) name (Some(Items [])) "" meaning

/// Widths of hidden layers, first layer first.
let widths name (standard: int list) ([<Wording>] meaning: string) =
    let standard = standard |> List.map (int64 >> Whole) |> Items
    declare asWidths (ItemsType(WholeType(1L, 4096L))) name (Some standard) "unit" meaning

/// Whole numbers within inclusive bounds, at least one.
let wholes name (standard: int64 list) (lowest, highest) unit ([<Wording>] meaning: string) =
    let convert value =
        asWidths value |> Option.filter (Array.isEmpty >> not)

    let standard = standard |> List.map Whole |> Items
    declare convert (ItemsType(WholeType(lowest, highest))) name (Some standard) unit meaning

/// Numbers within inclusive bounds, at least one.
let reals name (standard: double list) (lowest, highest) unit ([<Wording>] meaning: string) =
    let standard = standard |> List.map Real |> Items
    declare asReals (ItemsType(RealType(lowest, highest))) name (Some standard) unit meaning
