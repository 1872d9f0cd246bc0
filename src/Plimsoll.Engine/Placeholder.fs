module internal Plimsoll.Engine.Placeholder
