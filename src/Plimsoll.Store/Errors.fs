namespace Plimsoll.Store

/// Something in the store that is not what was written. It counts as absent, and is computed again.
type Damage = {
    Path: string
    Why: string
    /// Where the damaged file lies now. None: it is missing, or could not be moved.
    Quarantined: string option
}

/// Why the store cannot serve.
type StoreError =
    | NotWritable of path: string * why: string
    /// What is named cannot be a store's folder.
    | NotAFolder of path: string * why: string
    | Full of path: string
    | WrongVersion of path: string * found: string * known: int
    /// The folder holds something else.
    | NotAStore of path: string * found: string
    /// Opened for reading where nothing has been written yet.
    | NoStore of path: string
    | Unreadable of path: string * why: string
    | Damaged of Damage

module Damage =
    let text (damage: Damage) =
        let moved =
            match damage.Quarantined with
            | Some path -> $"moved to {path} and computed again"
            | None -> "computed again"

        $"damaged in the store: {damage.Path}\n  why: {damage.Why}\n  what happens: {moved}"

module StoreError =
    let private words what where why remedy =
        $"{what}\n  where: {where}\n  why: {why}", remedy

    /// What, where and why; and the remedy.
    let parts (error: StoreError) : string * string =
        match error with
        | NotWritable(path, why) ->
            words
                "the store cannot be written to"
                path
                why
                "give this user write access, or name another folder with --store"
        | NotAFolder(path, why) ->
            words
                "the store is not a folder"
                path
                why
                "name a folder with --store; it is made if it is not there"
        | Full path ->
            words
                "the store's disk is full"
                path
                "no space left, or a quota is used up"
                "make space and run again: what has finished is kept"
        | WrongVersion(path, found, known) ->
            words
                "the store has another format"
                path
                $"its format is {found}, this program reads format {known}"
                "use the program that wrote it, or name another folder with --store"
        | NotAStore(path, found) ->
            words
                "the folder is not a store"
                path
                $"it has no store.json, but holds {found}"
                "name an empty or a new folder with --store"
        | NoStore path ->
            words
                "there is no store yet"
                path
                "nothing has run with this store"
                "run an experiment first, or name the folder with --store"
        | Unreadable(path, why) ->
            words "the store cannot be read" path why "check the disk and the access rights"
        | Damaged damage ->
            words "an artifact is damaged" damage.Path damage.Why "run again: it is computed anew"

    let text (error: StoreError) : string =
        let what, remedy = parts error
        $"{what}\n  remedy: {remedy}"
