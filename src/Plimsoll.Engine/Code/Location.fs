/// Where the source of a member begins.
namespace Plimsoll.Engine.Code

open System
open System.IO
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335

type SourcePlace = {
    /// As the compiler was told it.
    File: string
    Line: int
}

module Location =
    /// The type and the method that a member's name in a listing speaks of; no method where it is a type.
    let private parse (name: string) : (string * string option) option =
        if name.StartsWith("type ", StringComparison.Ordinal) then
            Some(name.Substring 5, None)
        else
            match name.IndexOf '(' with
            | -1 -> None
            | opening ->
                let whole = name.Substring(0, opening)

                let dot =
                    if whole.EndsWith("..ctor", StringComparison.Ordinal) then
                        whole.Length - "..ctor".Length
                    elif whole.EndsWith("..cctor", StringComparison.Ordinal) then
                        whole.Length - "..cctor".Length
                    else
                        whole.LastIndexOf '.'

                if dot > 0 then
                    let method = whole.Substring(dot + 1)

                    let plain =
                        match method.LastIndexOf '`' with
                        | -1 -> method
                        | tick -> method.Substring(0, tick)

                    Some(whole.Substring(0, dot), Some plain)
                else
                    None

    let private firstLine (symbols: MetadataReader) (methods: MethodDefinitionHandle seq) =
        methods
        |> Seq.collect (fun method ->
            (symbols.GetMethodDebugInformation(method.ToDebugInformationHandle())).GetSequencePoints())
        |> Seq.filter (fun point -> not point.IsHidden && not point.Document.IsNil)
        |> Seq.map (fun point -> {
            File = symbols.GetString (symbols.GetDocument point.Document).Name
            Line = point.StartLine
        })
        |> Seq.sortBy (fun place -> place.File, place.Line)
        |> Seq.tryHead

    let private inFile (path: string) typeName (methodName: string option) =
        let symbols = string (Path.ChangeExtension(path, ".pdb"))

        if not (File.Exists symbols) then
            None
        else
            use image = new Image(0, path)

            image.TryType typeName
            |> Option.bind (fun handle ->
                use provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead symbols)

                (image.Data.GetTypeDefinition handle).GetMethods()
                |> Seq.filter (fun method ->
                    match methodName with
                    | None -> true
                    | Some name ->
                        image.Data.StringComparer.Equals((image.Data.GetMethodDefinition method).Name, name))
                |> firstLine (provider.GetMetadataReader()))

    /// The first line of a listing's member, if one of the assemblies' files has symbols beside it. Methods of one
    /// name are not told apart: the first one is meant.
    let find (paths: string list) (memberName: string) : SourcePlace option =
        parse memberName
        |> Option.bind (fun (typeName, methodName) ->
            paths |> List.tryPick (fun path -> inFile path typeName methodName))
