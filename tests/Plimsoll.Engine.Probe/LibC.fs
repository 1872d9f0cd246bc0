/// The C library, to break this process with.
module Plimsoll.Engine.Probe.LibC

open System.Runtime.InteropServices

[<DllImport("libc")>]
extern nativeint memset(nativeint at, int value, unativeint bytes)

[<DllImport("libc")>]
extern void abort()

[<DllImport("libc")>]
extern void exit(int code)

[<DllImport("libc")>]
extern int kill(int pid, int signal)

[<DllImport("libc")>]
extern int close(int descriptor)

[<DllImport("libc")>]
extern nativeint write(int descriptor, byte[] bytes, unativeint count)

[<DllImport("libc")>]
extern int puts(string text)

let SIGKILL = 9
let SIGTERM = 15
let SIGCONT = 18
let SIGSTOP = 19
