module internal Plimsoll.Scenarios.Tests.Placeholder
