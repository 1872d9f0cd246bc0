module internal Plimsoll.Engine.Tests.Placeholder
