/// Attributes that no code reads while a stage runs. Whoever adds a name here promises that.
module Plimsoll.Engine.Code.Silent

open System
open System.Collections.Generic

let private exact =
    HashSet<string> [
        "System.ObsoleteAttribute"
        "System.ParamArrayAttribute"
        "System.CLSCompliantAttribute"
        "System.Reflection.DefaultMemberAttribute"
        "System.Resources.NeutralResourcesLanguageAttribute"
        "System.Diagnostics.ConditionalAttribute"
        "System.Diagnostics.StackTraceHiddenAttribute"
        for name in
            [
                "AsyncIteratorStateMachine"
                "AsyncStateMachine"
                "CallerArgumentExpression"
                "CallerFilePath"
                "CallerLineNumber"
                "CallerMemberName"
                "CollectionBuilder"
                "CompilationRelaxations"
                "CompilerFeatureRequired"
                "CompilerGenerated"
                "EnumeratorCancellation"
                "Extension"
                "ExtensionMarker"
                "InternalsVisibleTo"
                "InterpolatedStringHandler"
                "InterpolatedStringHandlerArgument"
                "IsByRefLike"
                "IsReadOnly"
                "IsUnmanaged"
                "IteratorStateMachine"
                "NativeInteger"
                "Nullable"
                "NullableContext"
                "NullablePublicOnly"
                "OverloadResolutionPriority"
                "ParamCollection"
                "RefSafetyRules"
                "RequiredMember"
                "RequiresLocation"
                "ScopedRef"
                "SkipLocalsInit"
                "TupleElementNames"
            ] do
            $"System.Runtime.CompilerServices.{name}Attribute"
        for name in
            [
                "AbstractClass"
                "AllowNullLiteral"
                "AutoOpen"
                "AutoSerializable"
                "CLIEvent"
                "CLIMutable"
                "Class"
                "CompilationArgumentCounts"
                "CompilationMapping"
                "CompilationRepresentation"
                "CompilationSourceName"
                "CompilerMessage"
                "CustomComparison"
                "CustomEquality"
                "CustomOperation"
                "DefaultAugmentation"
                "DefaultValue"
                "EntryPoint"
                "Experimental"
                "FSharpInterfaceDataVersion"
                "GeneralizableValue"
                "InlineIfLambda"
                "Interface"
                "Literal"
                "Measure"
                "MeasureAnnotatedAbbreviation"
                "NoComparison"
                "NoDynamicInvocation"
                "NoEquality"
                "OptionalArgument"
                "ProjectionParameter"
                "ReferenceEquality"
                "RequireQualifiedAccess"
                "RequiresExplicitTypeArguments"
                "Sealed"
                "Struct"
                "StructuralComparison"
                "StructuralEquality"
                "TailCall"
                "Unverifiable"
                "WarnOnWithoutNullArgument"
            ] do
            $"Microsoft.FSharp.Core.{name}Attribute"
    ]

let private prefixes = [
    "System.Diagnostics.Debugg"
    "System.Diagnostics.CodeAnalysis."
    "Microsoft.CodeAnalysis."
    // Names, versions and the commit of an assembly.
    "System.Reflection.Assembly"
]

let is (name: string) : bool =
    exact.Contains name
    || name = "WordingAttribute"
    || name.EndsWith(".WordingAttribute", StringComparison.Ordinal)
    || prefixes
       |> List.exists (fun prefix -> name.StartsWith(prefix, StringComparison.Ordinal))
