using Plimsoll.Export.TensorBoard;

namespace Plimsoll.Export.Tests;

public sealed class MaskedCrc32CTests
{
    /// <summary>The check value of the CRC catalogue and two vectors of RFC 3720, appendix B.4.</summary>
    [Test]
    public void The_published_check_values_come_out()
    {
        Assert.That(MaskedCrc32C.Plain("123456789"u8), Is.EqualTo(0xE3069283u));
        Assert.That(MaskedCrc32C.Plain(new byte[32]), Is.EqualTo(0x8A9136AAu));
        Assert.That(MaskedCrc32C.Plain(Enumerable.Repeat((byte)0xFF, 32).ToArray()), Is.EqualTo(0x62A8AB43u));
    }

    [Test]
    public void The_mask_can_be_taken_off_again()
    {
        var masked = MaskedCrc32C.Of("plimsoll"u8);
        var moved = masked - 0xA282EAD8u;
        Assert.That((moved >> 17) | (moved << 15), Is.EqualTo(MaskedCrc32C.Plain("plimsoll"u8)));
    }
}
