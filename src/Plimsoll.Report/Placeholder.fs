module internal Plimsoll.Report.Placeholder
