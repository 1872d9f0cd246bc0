/// The page's head, and the controls that its script brings to life.
module internal Plimsoll.Report.HtmlHead

open System
open System.IO
open System.Security.Cryptography
open System.Text
open Plimsoll.Report.Markup

/// `page.js`, in a form that is the same text to a reader of HTML and of XML.
let private script =
    lazy
        (let name = "Plimsoll.Report.page.js"

         match typeof<Node>.Assembly.GetManifestResourceStream name with
         | null -> raise (InvalidOperationException $"the assembly was built without {name}")
         | stream ->
             use reader = new StreamReader(stream, UTF8Encoding false)
             "//<![CDATA[\n" + reader.ReadToEnd().Replace("\r\n", "\n") + "//]]>")

let private digest (content: string) =
    "'sha256-"
    + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes content))
    + "'"

/// Nothing may be asked of any network, and nothing runs or styles but what is named by its digest.
let private policy css =
    String.Join(
        "; ",
        [
            "default-src 'none'"
            $"style-src {digest css}"
            $"script-src {digest script.Value}"
            "img-src data:"
            "base-uri 'none'"
            "form-action 'none'"
        ]
    )

let head (title: string) (css: string) =
    el "head" [] [
        el "meta" [ "charset", "utf-8" ] []
        el "meta" [ "http-equiv", "Content-Security-Policy"; "content", policy css ] []
        el "meta" [ "name", "viewport"; "content", "width=device-width, initial-scale=1" ] []
        el "link" [ "rel", "icon"; "href", "data:," ] []
        el "title" [] [ text title ]
        el "style" [] [ Raw css ]
    ]

/// Last in the body, when all that it works on is there.
let scripted () = el "script" [] [ Raw script.Value ]

let themeButton =
    el "button" [
        "type", "button"
        "id", "theme"
        "hidden", "hidden"
        "title", "switch the theme"
    ] []

let private choice id name all (items: (string * string) list) =
    el "label" [] [
        text (name + " ")
        el "select" [ "id", id; "autocomplete", "off" ] [
            el "option" [ "value", "" ] [ text all ]
            for value, words in items do
                el "option" [ "value", value ] [ text words ]
        ]
    ]

/// Hidden until the script runs, which it needs.
let filter (facets: Facets) =
    let numbered items =
        items |> List.mapi (fun i item -> string i, item)

    el "form" [ "id", "filter"; "hidden", "hidden"; "aria-label", "show only" ] [
        choice "filter-task" "task" "all tasks" (numbered facets.Tasks)
        choice "filter-limit" "limit" "all limits" (facets.Limits |> List.map Format.exact |> numbered)
        el "label" [] [
            text "method "
            el "input" [
                "id", "filter-method"
                "type", "search"
                "list", "methods"
                "autocomplete", "off"
                "placeholder", "name or part of one"
            ] []
        ]
        el "datalist" [ "id", "methods" ] [ for name in facets.Methods -> el "option" [ "value", name ] [] ]
        el "label" [] [
            el "input" [ "id", "filter-safe"; "type", "checkbox"; "autocomplete", "off" ] []
            text " safe only"
        ]
        el "button" [ "type", "button"; "id", "filter-clear" ] [ text "show all" ]
        el "output" [ "id", "filter-state"; "role", "status" ] []
    ]
