/// Filling `feed/` with exactly the packages of paket.lock, from wherever the user's own NuGet
/// configuration says, and restoring from there. No file of the repository names a host.
module Packages

open System
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.Json
open System.Text.RegularExpressions
open Shell

let private path (relative: string) = Path.Combine(root, relative)
let private feed = path "feed"
let private stamp = path "feed/.restored"

/// Names and versions in paket.lock. Packages stand four blanks deep, what they need six.
let locked () : (string * string) list =
    File.ReadAllLines(path "paket.lock")
    |> Seq.map (fun line -> Regex.Match(line, @"^    ([\w.]+) \(([\w.+-]+)\)"))
    |> Seq.filter _.Success
    |> Seq.map (fun m -> m.Groups[1].Value, m.Groups[2].Value)
    |> Seq.distinct
    |> Seq.toList

let private tools () : (string * string) list =
    use text = JsonDocument.Parse(File.ReadAllText(path ".config/dotnet-tools.json"))

    [
        for tool in text.RootElement.GetProperty("tools").EnumerateObject() ->
            tool.Name, tool.Value.GetProperty("version").GetString()
    ]

let private home = Environment.GetFolderPath Environment.SpecialFolder.UserProfile

/// Where NuGet keeps unpacked packages. A user may move it by configuration as well; then the quick
/// check below finds nothing there and the restore runs each time, which is slower but never wrong.
let private cache =
    match Environment.GetEnvironmentVariable "NUGET_PACKAGES" with
    | null
    | "" -> Path.Combine(home, ".nuget", "packages")
    | folder -> folder

let private digest () =
    let files =
        [ "paket.lock"; "paket.dependencies"; ".config/dotnet-tools.json" ]
        @ [
            for folder in [ "src"; "tests" ] do
                for project in
                    Directory.GetDirectories(path folder)
                    |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b)) do
                    let file = Path.Combine(project, "paket.references")

                    if File.Exists file then
                        Path.GetRelativePath(root, file)
        ]

    let content = StringBuilder().Append(home).Append('\n').Append(cache).Append('\n')

    for file in files do
        content.Append(file).Append('\n').Append(File.ReadAllText(path file)) |> ignore

    content.ToString()
    |> Encoding.UTF8.GetBytes
    |> SHA256.HashData
    |> Convert.ToHexString

let private unpacked (name: string, version: string) =
    Directory.Exists(Path.Combine(cache, name.ToLowerInvariant(), version.ToLowerInvariant()))

let private projectsRestored () =
    [ "src"; "tests" ]
    |> Seq.collect (fun folder -> Directory.GetDirectories(path folder))
    |> Seq.filter (fun project -> File.Exists(Path.Combine(project, "paket.references")))
    |> Seq.forall (fun project ->
        Directory.GetFiles(project, "*.*proj").Length = 0
        || Directory.Exists(Path.Combine(project, "obj"))
           && Directory.GetFiles(Path.Combine(project, "obj"), "*.paket.props").Length > 0)

let private upToDate () =
    File.Exists stamp
    && File.ReadAllText stamp = digest ()
    && locked () @ tools () |> List.forall unpacked
    && projectsRestored ()

/// Puts each locked package into `feed/` by a project that does nothing but download them. The project
/// lies inside the checkout, so that a NuGet.config above the checkout is heard as well.
let private fill () =
    let missing =
        locked ()
        |> List.filter (fun (name, version) ->
            let id, version = name.ToLowerInvariant(), version.ToLowerInvariant()
            not (File.Exists(Path.Combine(feed, id, version, $"{id}.{version}.nupkg"))))

    if missing <> [] then
        let folder = path "obj/feed"
        Directory.CreateDirectory folder |> ignore

        let items =
            missing
            |> List.map (fun (name, version) ->
                $"""    <PackageDownload Include="{name}" Version="[{version}]" />""")
            |> String.concat "\n"

        let project = Path.Combine(folder, "feed.csproj")
        // The repository's own properties and targets are not for this project.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />\n")

        File.WriteAllText(
            project,
            $"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
<TargetFramework>net10.0</TargetFramework>
<DisableImplicitFSharpCoreReference>true</DisableImplicitFSharpCoreReference>
  </PropertyGroup>
  <ItemGroup>
{items}
  </ItemGroup>
</Project>
"""
        )

        printfn "filling feed/ with %d packages" missing.Length
        mustQuietly dotnet [ "restore"; project; "--packages"; feed; "--nologo" ]
        Directory.Delete(folder, true)

let forget () =
    if File.Exists stamp then
        File.Delete stamp

let restore () =
    if upToDate () then
        printfn "nothing changed"
    else
        Directory.CreateDirectory feed |> ignore
        forget ()
        fill ()
        mustQuietly dotnet [ "tool"; "restore" ]
        mustQuietly dotnet [ "paket"; "restore" ]
        File.WriteAllText(stamp, digest ())
