global using NUnit.Framework;
// NUnit has an attribute of the same name.
global using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;
