module internal Plimsoll.Store.Placeholder
