using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Anarchive.Web;

/// <summary>The keys that sign form tokens: files of mode 0600 in a directory of 0700.</summary>
internal sealed class FormKeys(string directory) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        Directory.Exists(directory)
            ? [
                .. Directory.EnumerateFiles(directory, "*.xml").Order(StringComparer.Ordinal)
                    .Select(file => XElement.Load(file)),
            ]
            : [];

    public void StoreElement(XElement element, string friendlyName)
    {
        PrivateFile.MakeDirectory(directory);
        var name = string.Concat(friendlyName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        PrivateFile.Write(Path.Combine(directory, name + ".xml"), element.ToString());
    }
}
