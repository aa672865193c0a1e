using System.Globalization;
using System.Text;
using QRCoder;

namespace Anarchive.Web;

/// <summary>A text as a QR code (ISO/IEC 18004), drawn as one path.</summary>
internal static class QrCode
{
    /// <summary>The path's commands, one unit a module, and its width in modules, the quiet zone included.</summary>
    public static (string Path, int Size) Draw(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < code.ModuleMatrix.Count; y++)
        {
            var row = code.ModuleMatrix[y];
            for (var x = 0; x < row.Count; x++)
                if (row[x]) path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
        }

        return (path.ToString(), code.ModuleMatrix.Count);
    }
}
