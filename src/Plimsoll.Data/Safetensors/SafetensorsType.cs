namespace Plimsoll.Data;

/// <summary>The element types of safetensors that are in use here; all little-endian.</summary>
public enum SafetensorsType
{
    F64,
    I64,
    F32,
    I32,
    U8,
}

internal static class SafetensorsTypes
{
    public static int Bytes(this SafetensorsType type) => type switch
    {
        SafetensorsType.F64 or SafetensorsType.I64 => 8,
        SafetensorsType.F32 or SafetensorsType.I32 => 4,
        _ => 1,
    };

    public static SafetensorsType? Parse(string name) => name switch
    {
        "F64" => SafetensorsType.F64,
        "I64" => SafetensorsType.I64,
        "F32" => SafetensorsType.F32,
        "I32" => SafetensorsType.I32,
        "U8" => SafetensorsType.U8,
        _ => null,
    };
}
