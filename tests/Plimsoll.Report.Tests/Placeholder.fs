module internal Plimsoll.Report.Tests.Placeholder
