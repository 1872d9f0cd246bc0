module internal Plimsoll.Store.Tests.Placeholder
