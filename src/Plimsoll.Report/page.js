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
  const main = document.querySelector('main')
  const names = all('#methods option').map(option => option.value)
  const parts = all('main [data-task], main [data-limit], main [data-method]')
  const judged = all('table').filter(table => table.querySelector('td[data-verdict]'))
  const bests = all('[data-best]')
  const judgedPlots = all('svg.plot').filter(plot => plot.querySelector('[data-verdict]'))
  const filtered = all('.scroll > table').filter(table => table.tBodies[0]?.querySelector('tr[data-method]'))
  const sections = all('main > section')
  let asked = []

  // The texts between commas, but for those within brackets: `drcorl (a = 1, b = 2)` is one name.
  const listed = text => {
    const words = ['']
    let depth = 0
    for (const sign of text) {
      if ('([{'.includes(sign)) depth++
      if (')]}'.includes(sign)) depth = Math.max(0, depth - 1)
      if (sign === ',' && depth === 0) words.push('')
      else words[words.length - 1] += sign
    }
    return words.map(word => word.trim()).filter(word => word)
  }

  // Of the methods: the one whose whole name was given, else those with a word listed, or of the very name listed.
  // `whole` has the names that were given whole, `more` how many others have one of them in theirs.
  const matching = () => {
    const whole = name.value.trim().toLowerCase()
    const known = names.map(text => text.toLowerCase())
    const words = known.includes(whole) ? [whole] : listed(whole)
    const fits = text =>
      words.length === 0 || words.some(word => known.includes(word) ? text === word : text.includes(word))
    const exact = words.filter(word => known.includes(word))
    return {
      methods: new Set(known.flatMap((text, i) => fits(text) ? [String(i)] : [])),
      whole: names.filter((_, i) => exact.includes(known[i])),
      more: known.filter(text => !fits(text) && exact.some(word => text.includes(word))).length
    }
  }

  // In each plot as in each table: methods that keep the limit at every place shown.
  const leaveUnsafeOut = plot => {
    const unsafe = new Set()
    for (const mark of all('[data-verdict]:not([hidden])', plot)) {
      if (mark.dataset.verdict !== 'safe') unsafe.add(mark.dataset.method)
    }
    for (const part of all('[data-method]', plot)) {
      if (part.dataset.method.split(' ').every(method => unsafe.has(method))) part.setAttribute('hidden', '')
    }
  }

  const apply = () => {
    const { methods, whole, more } = matching()
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
      judgedPlots.forEach(leaveUnsafeOut)
    }

    // The answer is of the whole experiment; what it says of a method that is left out steps back.
    for (const best of bests) best.classList.toggle('leftout', !methods.has(best.dataset.best))

    // Where no method is left there is nothing to see: no table of mere heads.
    main.hidden = methods.size === 0
    for (const table of filtered) {
      const rows = [...table.tBodies[0].rows]
      table.parentElement.classList.toggle('emptied', rows.length > 0 && rows.every(row => row.hidden))
    }

    // A section that is left with its heading goes; the fold of the limit that was asked for opens.
    for (const section of sections) {
      section.hidden = [...section.children].every(part => part.tagName === 'H2' || part.hidden)
    }
    for (const fold of asked) fold.open = false
    asked = wanted.limit.value === ''
      ? []
      : all(`details.figures[data-limit="${wanted.limit.value}"]:not([open])`)
    for (const fold of asked) fold.open = true

    for (const group of all('.map thead th[scope="colgroup"]')) {
      const own = `.map thead th[data-column][data-task="${group.dataset.task}"]:not([hidden])`
      group.colSpan = Math.max(1, all(own).length)
    }

    const state = []
    if (methods.size === 0) state.push('no method is called so')
    else if (name.value.trim() !== '') state.push(`${methods.size} of ${names.length} methods`)
    if (more > 0) state.push(`only ${whole.join(', ')}; ${more} more ${more === 1 ? 'name contains' : 'names contain'} it`)
    if (safe.checked) state.push('in each table and plot the methods that keep the limit everywhere shown')
    const choices = Object.values(wanted).some(choice => choice.value !== '')
    if (methods.size > 0 && (choices || state.length > 0)) {
      state.push('the answer and the claims are of the whole experiment')
    }
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

  // The right edge of a table that goes on fades.
  const edge = box =>
    box.classList.toggle('more', box.scrollLeft + box.clientWidth < box.scrollWidth - 1)
  const seen = new ResizeObserver(changes => { for (const { target } of changes) edge(target) })
  for (const box of all('.scroll')) {
    seen.observe(box)
    box.addEventListener('scroll', () => edge(box), { passive: true })
  }

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
