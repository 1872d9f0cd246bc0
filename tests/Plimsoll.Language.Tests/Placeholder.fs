module internal Plimsoll.Language.Tests.Placeholder
