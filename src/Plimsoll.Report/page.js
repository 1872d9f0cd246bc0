// What the page can do beside being read: sort, leave out, change its theme. It asks nothing of the network and
// remembers nothing; without it everything is there.
(() => {
  'use strict'
  const root = document.documentElement
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const one = id => document.getElementById(id)

  // Sorting. The first click on a column of numbers puts the largest first, on names the first of the alphabet;
  // the second turns the order round, the third restores the page's own.

  const leading = /^[★✓✗(\s]*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/

  const numberOf = cell => {
    if (cell.dataset.sort !== undefined) return cell.dataset.sort === '' ? NaN : Number(cell.dataset.sort)
    const found = leading.exec(cell.textContent)
    return found ? Number(found[1]) : NaN
  }

  const byNumber = (a, b) => (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0) || a - b || 0
  const byText = (a, b) => a.localeCompare(b, 'en', { numeric: true })

  const sorted = (rows, column, descending) => {
    const cells = rows.map(row => row.cells[column])
    const numeric = cells.some(cell => cell.tagName === 'TD' && !Number.isNaN(numberOf(cell)))
    const keyed = rows.map((row, i) => ({ row, key: numeric ? numberOf(cells[i]) : cells[i].textContent.trim() }))
    const sign = descending ? -1 : 1
    // What has no number stays last, whichever way the order runs.
    const compare = numeric
      ? (a, b) => Number.isNaN(a.key) || Number.isNaN(b.key) ? byNumber(a.key, b.key) : sign * (a.key - b.key)
      : (a, b) => sign * byText(a.key, b.key)
    return keyed.sort(compare).map(item => item.row)
  }

  const makeSortable = table => {
    const body = table.tBodies[0]
    const original = [...body.rows]
    const heads = all('th[data-column]', table.tHead)

    const columnIsNumeric = column =>
      original.some(row => row.cells[column].tagName === 'TD' && !Number.isNaN(numberOf(row.cells[column])))

    for (const head of heads) {
      const column = Number(head.dataset.column)
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'sort'
      button.title = 'sort by this column'
      button.append(...head.childNodes)
      head.append(button)

      button.addEventListener('click', () => {
        const first = columnIsNumeric(column) ? 'descending' : 'ascending'
        const second = first === 'ascending' ? 'descending' : 'ascending'
        const now = head.getAttribute('aria-sort')
        const next = now === null ? first : now === first ? second : null
        for (const other of heads) other.removeAttribute('aria-sort')
        if (next) head.setAttribute('aria-sort', next)
        body.append(...(next ? sorted(original, column, next === 'descending') : original))
      })
    }
  }

  // Leaving out. Attributes say which task, limit and methods a part of the page belongs to.

  const filter = one('filter')
  const wanted = { task: one('filter-task'), limit: one('filter-limit') }
  const name = one('filter-method')
  const safe = one('filter-safe')
  const names = all('#methods option').map(option => option.value)
  const parts = all('main [data-task], main [data-limit], main [data-method]')
  const judged = all('table').filter(table => table.querySelector('td[data-verdict]'))

  const matching = () => {
    const words = name.value.toLowerCase().split(',').map(word => word.trim()).filter(word => word)
    const fits = text => words.length === 0 || words.some(word => text.toLowerCase().includes(word))
    return new Set(names.flatMap((text, i) => fits(text) ? [String(i)] : []))
  }

  const apply = () => {
    const methods = matching()
    const fits = part =>
      Object.entries(wanted).every(([facet, choice]) =>
        choice.value === '' || part.dataset[facet] === undefined || part.dataset[facet] === choice.value) &&
      (part.dataset.method === undefined || part.dataset.method.split(' ').some(place => methods.has(place)))

    // Pictures as well, which have no property of that name.
    for (const part of parts) part.toggleAttribute('hidden', !fits(part))

    if (safe.checked) {
      for (const table of judged) {
        for (const row of table.tBodies[0].rows) {
          const verdicts = all('td[data-verdict]:not([hidden])', row).map(cell => cell.dataset.verdict)
          if (verdicts.some(verdict => verdict !== 'safe')) row.hidden = true
        }
      }
    }

    for (const group of all('.map thead th[scope="colgroup"]')) {
      const own = `.map thead th[data-column][data-task="${group.dataset.task}"]:not([hidden])`
      group.colSpan = Math.max(1, all(own).length)
    }

    const state = []
    if (name.value.trim() !== '') state.push(`${methods.size} of ${names.length} methods`)
    if (safe.checked) state.push('in each table the methods that keep the limit in every column shown')
    one('filter-state').textContent = state.join('; ')
  }

  const showAll = () => {
    filter.reset()
    apply()
  }

  // A link leads to its target even where that is folded or left out.

  const reveal = () => {
    const target = location.hash.length > 1 ? one(decodeURIComponent(location.hash.slice(1))) : null
    if (!target) return
    if (target.closest('[hidden]')) showAll()
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true
    target.scrollIntoView()
  }

  // The theme: the system's until the reader says otherwise.

  const theme = one('theme')
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  const nameTheme = () => { theme.textContent = dark() ? 'light' : 'dark' }

  // What belongs on paper is unfolded while it is printed.

  let unfolded = []
  addEventListener('beforeprint', () => {
    unfolded = all('details.prints:not([open])')
    for (const fold of unfolded) fold.open = true
  })
  addEventListener('afterprint', () => {
    for (const fold of unfolded) fold.open = false
  })

  all('table.sortable').forEach(makeSortable)
  filter.addEventListener('input', apply)
  filter.addEventListener('submit', event => event.preventDefault())
  one('filter-clear').addEventListener('click', showAll)
  filter.hidden = false
  theme.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark'
    nameTheme()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme)
  nameTheme()
  theme.hidden = false
  addEventListener('hashchange', reveal)
  reveal()
})()
