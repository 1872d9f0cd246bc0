module internal Plimsoll.Architecture.Tests.Placeholder
