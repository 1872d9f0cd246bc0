module internal Plimsoll.Stages.Tests.Placeholder
