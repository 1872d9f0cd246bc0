/// Calls after which nobody can say from the code alone what runs.
module Plimsoll.Engine.Code.Reflection

open System

let private starts (name: string) (prefix: string) =
    name.StartsWith(prefix, StringComparison.Ordinal)

/// What `System.Type` answers without opening a way to a type's members.
let private harmlessOfType =
    Set [
        "GetTypeFromHandle"
        "get_Name"
        "get_FullName"
        "get_IsValueType"
        "get_IsEnum"
        "get_IsGenericType"
        "op_Equality"
        "op_Inequality"
        "Equals"
        "GetHashCode"
        "ToString"
        "get_TypeHandle"
        "IsInstanceOfType"
        "IsAssignableFrom"
        "IsAssignableTo"
        "GetTypeCode"
    ]

/// Whether an outside member can reach code or data of ours by name.
let isUse (typeName: string) (name: string) =
    match typeName with
    | "System.Type" -> not (harmlessOfType.Contains name)
    | "System.Reflection.MemberInfo" -> name <> "get_Name"
    | "System.Activator" -> not (starts name "CreateInstance`")
    // They look at the members of what they are handed.
    | _ when starts typeName "System.Text.Json.Nodes." -> name.EndsWith '`'
    | "System.AppDomain"
    | "System.Delegate" when starts name "CreateDelegate" || starts name "Load" -> true
    | "System.Delegate"
    | "System.AppDomain" -> name = "get_Method" || name = "CreateInstance" || name = "DynamicInvoke"
    | _ ->
        starts typeName "System.Reflection."
        || starts typeName "System.Runtime.Loader."
        || starts typeName "System.Text.Json.JsonSerializer"
        || starts typeName "System.Text.Json.Serialization."
        || starts typeName "System.Xml.Serialization."
        || starts typeName "System.Runtime.Serialization."
        || starts typeName "System.Linq.Expressions."
        || starts typeName "System.Resources."
        || starts typeName "System.ComponentModel.TypeDescriptor"
        || starts typeName "Microsoft.CSharp."
        || starts typeName "Microsoft.FSharp.Reflection."
        || starts typeName "Microsoft.FSharp.Quotations."
        || starts typeName "Microsoft.FSharp.Linq.RuntimeHelpers"
        || (typeName = "System.Runtime.CompilerServices.RuntimeHelpers"
            && (name = "GetUninitializedObject" || name = "RunClassConstructor"))
        || (typeName = "System.Diagnostics.StackFrame"
            || typeName = "System.Diagnostics.StackTrace")
