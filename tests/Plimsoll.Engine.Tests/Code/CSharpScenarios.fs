/// Pieces of C#: as they are, after a change that means nothing, and after one that does.
module Plimsoll.Engine.Tests.CSharpScenarios

/// `Entry.Run` of class NAME is where the code begins. Where `Neutral` is "", it is as `Base` but moved.
type Scenario = {
    Name: string
    Base: string
    Neutral: string
    Changed: string
}

let private scenario name (text: string) (neutral: (string * string) list) (changed: string * string) =
    let apply (text: string) (pairs: (string * string) list) =
        (text, pairs)
        ||> List.fold (fun text (before, after) ->
            if not (text.Contains before) then
                failwith $"{name}: '{before}' is not in the source"

            text.Replace(before, after))

    {
        Name = name
        Base = text
        Neutral = apply text neutral
        Changed = apply text [ changed ]
    }

let scenarios: Scenario list = [
    scenario
        "ThreeCallsDeep"
        """public static class ThreeCallsDeep {
    public static double Run(double x) => A(x) + 1;
    static double A(double x) { var y = B(x); return y * y; }
    static double B(double x) { for (var i = 0; i < 3; i++) x += Factor(i); return x; }
    static double Factor(int i) => 0.25 * i;
}"""
        [
            "A(double x) { var y = B(x); return y * y; }",
            "A(double x) { /* why */\n\n var other = B(x); return other * other; }"
        ]
        ("0.25", "0.5")
    scenario
        "BesideThem"
        """public static class BesideThem {
    public static double Run(double x) => A(x) + 1;
    static double A(double x) => x - 1;
    public static double Unreached(double x) => 17 * x;
}"""
        [ "17 * x", "18 * x" ]
        ("x - 1", "x - 2")
    scenario
        "Lambdas"
        """public static class Lambdas {
    public static double Run(double x) { System.Func<double, double> f = y => y * 2; var g = x + 1; return Twice(z => f(z) + g); }
    static double Twice(System.Func<double, double> h) => h(h(1));
}"""
        [
            "public static double Run",
            "public static int Before(int a) { System.Func<int, int> q = b => b + 5; int c = a; System.Func<int> d = () => c; return q(a) + d(); }\n    public static double Run"
            "var g = x + 1", "var longer = x + 1"
            "f(z) + g", "f(z) + longer"
        ]
        ("y * 2", "y * 3")
    scenario
        "LocalFunctions"
        """public static class LocalFunctions {
    public static int Run(int x) { int Add(int y) => y + x; return Add(1) + Add(Plain(2)); static int Plain(int z) => z * 7; }
}"""
        [
            "public static int Run",
            "static int First(int x) { int Add(int y) => y - x; return Add(3); }\n    public static int Other(int x) => First(x);\n\n    public static int Run"
        ]
        ("z * 7", "z * 8")
    scenario
        "Iterators"
        """public static class Iterators {
    public static int Run(int x) { var sum = 0; foreach (var y in Count(x)) sum += y; return sum; }
    static System.Collections.Generic.IEnumerable<int> Count(int n) { for (var i = 0; i < n; i++) yield return i * 3; }
}"""
        [
            "static System.Collections",
            "static System.Collections.Generic.IEnumerable<int> None() { yield break; }\n    // a comment\n    static System.Collections"
        ]
        ("i * 3", "i * 4")
    scenario
        "AsyncMethods"
        """public static class AsyncMethods {
    public static int Run(int x) => Later(x).Result;
    static async System.Threading.Tasks.Task<int> Later(int x) { await System.Threading.Tasks.Task.Yield(); return x + 11; }
}"""
        [ "static async", "\n\n    static async" ]
        ("x + 11", "x + 12")
    scenario
        "GenericInstances"
        """public static class GenericInstances {
    public static string Run(int x) => Name<int>(x);
    static string Name<T>(T x) => typeof(T) == typeof(int) ? "whole" : "other";
}"""
        [ "static string Name", "// generic\n    static string Name" ]
        ("Name<int>", "Name<long>")
    scenario
        "ThrownWords"
        """public static class ThrownWords {
    public static int Run(int[] values) {
        System.ArgumentNullException.ThrowIfNull(values);
        if (values.Length < 3) throw new System.ArgumentException($"{values.Length} values are too few", nameof(values));
        return values[2];
    }
}"""
        [
            "values are too few", "values do not suffice"
            "values", "numbers"
            "numbers do", "values do"
        ]
        ("< 3", "< 4")
    scenario
        "WordsThatCount"
        """public static class WordsThatCount {
    public static string Run(int x) => x > 3 ? Draw("noise") : Draw("other");
    static string Draw(string stream) => stream;
}"""
        []
        ("\"noise\"", "\"noises\"")
    scenario
        "WordingTypes"
        """[Wording] public static class Texts { public static string Low(int x) => x + " is low"; public static string High(int x) => x + " is high"; }
public static class WordingTypes {
    public static string Run(int x) => Texts.Low(x);
}"""
        [ "is low", "is much too low"; "is high", "is HIGH" ]
        ("=> Texts.Low", "=> Texts.High")
    scenario
        "StaticValues"
        """public static class Constants { public static readonly double Scale = System.Math.Abs(-2.5); }
public static class StaticValues {
    public static double Run(double x) => x * Constants.Scale;
}"""
        [
            "public static class Constants {", "// its values\npublic static class Constants {\n"
        ]
        ("2.5", "2.75")
    scenario
        "ConstantData"
        """public static class ConstantData {
    static System.ReadOnlySpan<int> Span => [3, 1, 4, 1, 5, 9, 2, 6];
    public static int Run(int x) { var array = new[] { 2.5, 7.5, 1.5, 8.5 }; return Span[x] + (int)array[x]; }
}"""
        [
            "public static int Run",
            "public static int Others(int x) { System.ReadOnlySpan<int> o = [1, 2, 3, 4, 5, 6, 7]; return o[x]; }\n    public static int Run"
        ]
        ("5, 9, 2, 6", "5, 9, 2, 7")
    scenario
        "ConstantArrays"
        """public static class ConstantArrays {
    public static double Run(int x) { var array = new[] { 2.5, 7.5, 1.5, 8.5 }; return array[x]; }
}"""
        []
        ("1.5, 8.5", "1.5, 9.5")
    scenario
        "VirtualCalls"
        """public abstract class Layer { public abstract double Apply(double x); }
public sealed class Doubling : Layer { public override double Apply(double x) => x * 2; }
public sealed class Unused : Layer { public override double Apply(double x) => x * 40; }
public static class VirtualCalls {
    public static double Run(double x) { Layer layer = new Doubling(); return Go(layer, x); }
    static double Go(Layer layer, double x) => layer.Apply(x);
}"""
        [ "x * 40", "x * 41" ]
        ("x * 2", "x * 3")
    scenario
        "OutsideVirtuals"
        """public sealed class Named { public override string ToString() => "n" + 1; }
public static class OutsideVirtuals {
    public static string Run(int x) => string.Concat(new Named(), x);
}"""
        [ "public sealed class Named", "\n// its name\npublic sealed class Named" ]
        ("\"n\"", "\"m\"")
    scenario
        "DefaultMethods"
        """public interface IStep { double Step(double x) => x + 1; double Half(double x) => x / 2; }
public struct Plain : IStep { public double Half(double x) => x / 3; }
public static class DefaultMethods {
    public static double Run(double x) => Go(new Plain(), x);
    static double Go<T>(T step, double x) where T : IStep => step.Step(step.Half(x));
}"""
        [ "public struct Plain", "/* plain */ public struct Plain" ]
        ("x + 1", "x + 2")
    scenario
        "StaticAbstracts"
        """public interface IOp { static abstract float Apply(float x); }
public readonly struct Square : IOp { public static float Apply(float x) => x * x; }
public static class StaticAbstracts {
    public static float Run(float x) => Map<Square>(x);
    static float Map<T>(float x) where T : struct, IOp => T.Apply(x);
}"""
        [ "public static float Run", "\n    public static float Run" ]
        ("x * x;", "x * x * x;")
    scenario
        "Layouts"
        """[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)]
public struct Pair { [System.Runtime.InteropServices.FieldOffset(0)] public int A; [System.Runtime.InteropServices.FieldOffset(4)] public int B; }
public static class Layouts {
    public static unsafe int Run(int x) { var pair = new Pair { A = x, B = 2 }; return ((int*)&pair)[0]; }
}"""
        [ "public static unsafe", "// bytes\n    public static unsafe" ]
        ("FieldOffset(4)", "FieldOffset(0)")
    scenario
        "MethodGroups"
        """public static class MethodGroups {
    public static int Run(int x) => Apply(Increase, x);
    static int Apply(System.Func<int, int> f, int x) => f(x);
    static int Increase(int x) => x + 21;
}"""
        [
            "static int Apply",
            "public static int Another(int x) => Apply(Decrease, x);\n    static int Decrease(int x) => x - 1;\n    static int Apply"
        ]
        ("x + 21", "x + 22")
    scenario
        "StringSwitches"
        """public static class StringSwitches {
    public static int Run(string x) => x switch { "a" => 1, "bb" => 2, "ccc" => 3, "dddd" => 4, "ee" => 5, "fff" => 6, "ggggg" => 7, "hh" => 8, _ => 0 };
}"""
        [ "public static int Run", "\n\n    public static int Run" ]
        ("\"hh\" => 8", "\"hh\" => 9")
    scenario
        "Handlers"
        """public static class Handlers {
    public static int Run(int x) { try { return 10 / x; } catch (System.DivideByZeroException) { return -1; } finally { System.GC.KeepAlive(x); } }
}"""
        [ "public static int Run", "/* careful */ public static int Run" ]
        ("System.DivideByZeroException", "System.Exception")
    scenario
        "Natives"
        """public static class Natives {
    [System.Runtime.InteropServices.DllImport("libm", EntryPoint = "cos")] static extern double Native(double x);
    public static double Run(double x) => Native(x);
}"""
        [ "public static double Run", "\n    public static double Run" ]
        ("\"cos\"", "\"sin\"")
    scenario
        "AnonymousTypes"
        """public static class AnonymousTypes {
    public static string Run(int x) => new { Sum = x + 1, Text = "t" }.ToString();
}"""
        [
            "public static string Run",
            "public static string Earlier(int x) => new { A = 1, B = x }.ToString();\n    public static string Run"
        ]
        ("Sum = x", "Total = x")
    scenario
        "Records"
        """public sealed record Point(double X, double Y);
public static class Records {
    public static double Run(double x) => (new Point(x, 1) with { Y = 2.5 }).Y;
}"""
        [ "public static class Records", "// points\npublic static class Records" ]
        ("2.5", "3.5")
    scenario
        "Enumerations"
        """public enum Kind { First = 1, Second = 2 }
public static class Enumerations {
    public static string Run(int x) => ((Kind)x).ToString();
}"""
        [ "public static string Run", "\n    public static string Run" ]
        ("Second = 2", "Third = 2")
    scenario
        "TypeArguments"
        """public class Maker { public int Made() => 5; public Maker() { Size = 4; } public int Size; }
public static class TypeArguments {
    public static int Run(int x) => Make<Maker>().Size + x;
    static T Make<T>() where T : new() => new T();
}"""
        [ "public int Made() => 5;", "public int Made() => 6;" ]
        ("Size = 4", "Size = 9")
    scenario
        "CaughtWords"
        """public static class CaughtWords {
    public static string Run(int x) {
        var mode = "none";
        try { mode = "fast"; throw new System.InvalidOperationException(); } catch (System.InvalidOperationException) { }
        return mode;
    }
}"""
        []
        ("\"fast\"", "\"slow\"")
    scenario
        "FlaggedEnumerations"
        """public enum Gait { Walk = 1, Trot = 2 }
public static class FlaggedEnumerations {
    public static string Run(int x) => ((Gait)x).ToString();
}"""
        []
        ("public enum Gait", "[System.Flags] public enum Gait")
    scenario
        "ThreadValues"
        """public static class ThreadValues {
    static double scale = 2.0;
    public static double Run(double x) { double y = 0; var other = new System.Threading.Thread(() => y = scale); other.Start(); other.Join(); return x * y; }
}"""
        []
        ("static double scale", "[System.ThreadStatic] static double scale")
    scenario
        "NativeResults"
        """public static class NativeResults {
    [System.Runtime.InteropServices.DllImport("x", PreserveSig = true)] static extern int Native();
    public static int Run(int x) => Native();
}"""
        []
        ("PreserveSig = true", "PreserveSig = false")
    scenario
        "NativeParameters"
        """public static class NativeParameters {
    [System.Runtime.InteropServices.DllImport("x")] static extern int Native([System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.I1)] bool a, bool b);
    public static int Run(int x) => Native(true, false);
}"""
        []
        ("[System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.I1)] bool a, bool b",
         "bool a, [System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.I1)] bool b")
    scenario
        "NativeTexts"
        """[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
public struct Letter { public char C; }
public static class NativeTexts {
    [System.Runtime.InteropServices.DllImport("x")] static extern int Native(ref Letter letter);
    public static int Run(int x) { Letter letter = default; return Native(ref letter); }
}"""
        []
        ("CharSet.Ansi", "CharSet.Unicode")
    scenario
        "NativeDelegates"
        """public static class NativeDelegates {
    delegate int Step(bool b);
    static int One(bool b) => b ? 1 : 2;
    public static nint Run(int x) => System.Runtime.InteropServices.Marshal.GetFunctionPointerForDelegate<Step>(One);
}"""
        []
        ("Step(bool b)",
         "Step([System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.I1)] bool b)")
    scenario
        "Synchronised"
        """public class Counter { public int N; public void Add() { N++; } }
public static class Synchronised {
    public static int Run(int x) { var counter = new Counter(); System.Threading.Tasks.Parallel.For(0, x, _ => counter.Add()); return counter.N; }
}"""
        []
        ("public void Add",
         "[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.Synchronized)] public void Add")
    scenario
        "FileTypes"
        """file class InFile { public double X = 3.0; }
public static class FileTypes {
    static T Make<T>() where T : new() => new T();
    public static object Run(int x) => Make<InFile>();
}"""
        []
        ("3.0", "4.0")
]

/// Before all of a file: what concerns the whole assembly.
let told =
    """[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
public static class Beginning { public static double G; [System.Runtime.CompilerServices.ModuleInitializer] internal static void Start() => G = 9.81; }
"""

/// Their listings must say that everything counts.
let reflecting =
    """public class Held { private int x = 1; }
public static class Accessing {
    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "x")] static extern ref int Hidden(Held held);
    public static int Run(int x) => Hidden(new Held()) + x;
}
public class Written { public double Raw { get; set; } public double Score => Raw * 2; }
public static class Writing { public static string Run(int x) { var items = new System.Text.Json.Nodes.JsonArray(); items.Add(new Written()); return items.ToJsonString(); } }
public static class Reflecting { public static object Run(string name) => System.Activator.CreateInstance(System.Type.GetType(name)); }"""

let private attribute =
    "public sealed class WordingAttribute : System.Attribute { }\n"

let source (version: Scenario -> string) =
    attribute
    + reflecting
    + "\n"
    + (scenarios |> List.map version |> String.concat "\n")

/// The neutral version of everything, in the opposite order and with comments between.
let neutralSource =
    "// A comment at the top of the file.\n\n"
    + (scenarios
       |> List.rev
       |> List.map (fun s -> $"/* {s.Name} */\n{s.Neutral}")
       |> String.concat "\n\n\n")
    + "\n"
    + reflecting
    + "\n"
    + attribute
