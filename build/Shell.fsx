/// Running other programs.
module Shell

open System
open System.Diagnostics
open System.IO
open System.Text
open System.Text.RegularExpressions

/// A target that could not do its work. The text is for the user; there is no stack trace to show.
exception BuildFailed of string

let root = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, ".."))

let dotnet =
    match Environment.GetEnvironmentVariable "DOTNET_HOST_PATH" with
    | null
    | "" -> "dotnet"
    | path -> path

let private start (redirect: bool) (program: string) (arguments: string list) =
    let info = ProcessStartInfo(program, arguments)
    info.WorkingDirectory <- root
    info.UseShellExecute <- false
    // Nothing here may ask a question: a build has no standard input.
    info.RedirectStandardInput <- true
    info.RedirectStandardOutput <- redirect
    info.RedirectStandardError <- redirect

    let child =
        try
            Process.Start info
        with error ->
            raise (BuildFailed $"cannot start {program}: {error.Message}")

    child.StandardInput.Close()
    child

/// Shows the program's output as it comes and returns its exit status.
let run (program: string) (arguments: string list) : int =
    use child = start false program arguments
    child.WaitForExit()
    child.ExitCode

/// Keeps the program's output and returns it with its exit status.
let capture (program: string) (arguments: string list) : int * string =
    use child = start true program arguments
    let text = StringBuilder()

    let keep (line: string) =
        if not (isNull line) then
            lock text (fun () -> text.AppendLine line |> ignore)

    child.OutputDataReceived.Add(fun line -> keep line.Data)
    child.ErrorDataReceived.Add(fun line -> keep line.Data)
    child.BeginOutputReadLine()
    child.BeginErrorReadLine()
    child.WaitForExit()
    child.ExitCode, text.ToString()

let private commandLine (program: string) (arguments: string list) =
    String.Join(' ', Path.GetFileNameWithoutExtension program :: arguments)

/// As `run`; a non-zero exit status fails the target.
let must (program: string) (arguments: string list) : unit =
    match run program arguments with
    | 0 -> ()
    | status -> raise (BuildFailed $"`{commandLine program arguments}` ended with {status}")

/// As `must`, with the output shown only when the program fails.
let mustQuietly (program: string) (arguments: string list) : unit =
    match capture program arguments with
    | 0, _ -> ()
    | status, output ->
        eprintf "%s" output
        raise (BuildFailed $"`{commandLine program arguments}` ended with {status}")

/// Runs MSBuild, which says everything twice and names the project each time; shows each message once.
let mustBuild (arguments: string list) : unit =
    match capture dotnet arguments with
    | 0, _ -> ()
    | status, output ->
        let messages =
            output.Split('\n')
            |> Array.filter (fun line -> line.Contains ": error " || line.Contains ": warning ")
            |> Array.map (fun line -> Regex.Replace(line.Trim(), @" \[[^\]]*proj\]$", ""))
            |> Array.distinct

        // An ending without any message (a compiler that died) is shown as it is.
        eprintfn
            "%s"
            (if messages.Length = 0 then
                 output
             else
                 String.Join('\n', messages))

        raise (BuildFailed $"`{commandLine dotnet arguments}` ended with {status}")

/// Keeps two builds of one checkout apart, the launcher's included: it holds the same file by flock.
let locked (action: unit -> unit) : unit =
    if Environment.GetEnvironmentVariable "PLIMSOLL_BUILD_LOCKED" = "1" then
        action ()
    else
        let folder = Path.Combine(root, "artifacts")
        Directory.CreateDirectory folder |> ignore
        let file = Path.Combine(folder, "build.lock")

        let rec acquire waited =
            try
                new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            with :? IOException ->
                if not waited then
                    printfn "waiting for another build of this checkout ..."

                Threading.Thread.Sleep 200
                acquire true

        use _ = acquire false
        action ()
