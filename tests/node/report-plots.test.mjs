// The report's plots in a browser: where marks lead, what filters leave of them; and pages of unusual results.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { reports, sharedBrowser, withoutBrowser } from './support.mjs'

const skip = withoutBrowser
const { start, stop, withReport } = sharedBrowser()
before(start)
after(stop)

for (const name of reports) {
  test(`every mark of the ${name} report leads to the records of its method, task and limit`, { skip }, () =>
    withReport(name, {}, async page => {
      const found = await page.evaluate(() => {
        const of = (element, facet) => element?.closest(`[data-${facet}]`)?.getAttribute(`data-${facet}`) ?? null
        const wrong = []
        const sections = new Set()
        let links = 0
        for (const mark of document.querySelectorAll('main svg.plot .mark, main svg.plot .m0')) {
          const link = mark.closest('a[href]')
          const target = link && document.getElementById(link.getAttribute('href').slice(1))
          const say = why => wrong.push(`${why}: ${mark.closest('svg').getAttribute('aria-label').slice(0, 60)}`)
          links += 1
          sections.add(mark.closest('section').id)
          if (!link) say('no link')
          else if (!target) say(`nowhere: ${link.getAttribute('href')}`)
          else if (mark.matches('.m0')) { if (!target.matches('tr[id^=cell-]')) say('no record') }
          else {
            if (of(target, 'method') !== of(link, 'method')) say('another method')
            const overall = link.getAttribute('href').startsWith('#all-')
            if (!overall && of(target, 'task') !== of(link, 'task')) say('another task')
            if (!overall && of(target, 'limit') !== of(link, 'limit')) say('another limit')
          }
        }
        return { wrong: wrong.slice(0, 9), links, sections: [...sections] }
      })
      assert.deepEqual(found.wrong, [])
      assert.ok(found.links > 100)
      const expected = ['across', 'profiles', 'limits', 'exceedance', 'training']
      if (name !== 'no-scale') expected.push('plane')
      if (name === 'sweep') expected.push('sweeps')
      for (const section of expected) assert.ok(found.sections.includes(section), `no mark in ${section}`)
    }))
}

const visible = (page, selector) => page.evaluate(selector =>
  // A group of a picture counts as visible to checkVisibility even where it is not displayed.
  [...document.querySelectorAll(selector)].filter(part => !part.closest('[hidden]') && part.checkVisibility())
    .map(element => element.getAttribute(selector.match(/\[(data-\w+)/)[1])), selector)

const openAll = page => page.evaluate(() => {
  for (const fold of document.querySelectorAll('details')) fold.open = true
})

test('filters leave out of the plots what they leave out of the tables', { skip }, () =>
  withReport('table', {}, async page => {
    await openAll(page)
    await page.fill('#filter-method', 'drcorl')
    assert.deepEqual([...new Set(await visible(page, 'svg.plot [data-method]'))], ['0'])
    assert.deepEqual([...new Set(await visible(page, '.legend [data-method]'))], ['0'])
    await page.fill('#filter-method', 'drcorl-')
    assert.deepEqual([...new Set(await visible(page, 'svg.plot [data-method]'))].sort(), ['1', '2', '3', '4'])
    await page.click('#filter-clear')

    await page.selectOption('#filter-limit', { label: '20' })
    assert.deepEqual([...new Set(await visible(page, 'svg.plot [data-limit]'))], ['1'])
    assert.ok((await visible(page, '#limits svg.plot [data-limit]')).length > 50)
    // What asks for one limit finds its fold open.
    await page.click('#filter-clear')
    await page.evaluate(() => { for (const fold of document.querySelectorAll('details.figures')) fold.open = false })
    await page.selectOption('#filter-limit', { label: '20' })
    assert.deepEqual([...new Set(await visible(page, '#exceedance svg.plot [data-method]'))].length, 15)
    await page.click('#filter-clear')
    assert.equal((await visible(page, '#exceedance svg.plot [data-method]')).length, 0)

    // Numbers over all tasks go with their sections where one task is asked for, and come back with a link to them.
    await page.selectOption('#filter-task', { label: 'CarRun' })
    assert.equal(await page.locator('#across').isVisible(), false)
    assert.equal(await page.locator('#profiles').isVisible(), false)
    assert.equal(await page.locator('#limits').isVisible(), true)
    await page.click('nav a[href="#across"]')
    await page.locator('#across h2').waitFor({ state: 'visible' })
    assert.equal(await page.locator('#filter-task').inputValue(), '')
  }))

test('safe only leaves in each plot the methods that keep the limit wherever it shows them', { skip }, () =>
  withReport('table', {}, async page => {
    await openAll(page)
    const shown = () => page.evaluate(() => [...document.querySelectorAll('svg.plot')]
      .filter(plot => plot.querySelector('[data-verdict]'))
      .map(plot => {
        const verdicts = {}
        for (const part of plot.querySelectorAll('[data-verdict]')) {
          if (!part.closest('[hidden]')) (verdicts[part.dataset.method] ??= new Set()).add(part.dataset.verdict)
        }
        const methods = [...plot.querySelectorAll('[data-method]')]
          .filter(part => !part.closest('[hidden]')).map(part => part.dataset.method)
        return { safe: Object.keys(verdicts).filter(method => [...verdicts[method]].every(v => v === 'safe')),
          methods: [...new Set(methods)] }
      }))
    const before = await shown()
    assert.ok(before.length > 40)
    assert.ok(before.some(plot => plot.methods.length > plot.safe.length && plot.safe.length > 0))
    await page.check('#filter-safe')
    const after = await shown()
    after.forEach((plot, i) => assert.deepEqual(plot.methods.sort(), before[i].safe.sort()))
  }))

test('a name with commas in brackets is one name, and a whole name chooses it alone', { skip }, () =>
  withReport('sweep', {}, async page => {
    const chosen = async text => {
      await page.fill('#filter-method', text)
      return (await page.locator('table.map tbody tr:visible th').allInnerTexts()).map(name => name.trim()).sort()
    }
    const one = 'drcorl (pessimism = 0.05, combine = mean)'
    assert.deepEqual(await chosen(one), [one])
    assert.deepEqual(await chosen(`${one}, bc-all`), ['bc-all', one])
    assert.deepEqual(await chosen('drcorl (pessimism = 0.05, c'),
      [one, 'drcorl (pessimism = 0.05, combine = worst)'])
    assert.equal((await chosen('drcorl')).length, 8)
    assert.deepEqual(await chosen('bc-'), ['bc-all', 'bc-safe'])
  }))

test('a place without an entry is no safe place', { skip }, () =>
  withReport('both', {}, async page => {
    const names = async () =>
      (await page.locator('table.map tbody tr:visible th').allInnerTexts()).map(name => name.trim())
    const row = page.locator('table.map tbody tr', { hasText: 'bc-all' })
    assert.equal((await row.locator('td[data-limit="2"]').allInnerTexts()).join(' '), '– ✓')
    await page.selectOption('#filter-limit', { label: '40' })
    assert.ok((await names()).includes('bc-all'))
    await page.check('#filter-safe')
    assert.deepEqual(await names(), ['drcorl', 'bc-safe'])
    await page.selectOption('#filter-task', { label: 'PointNav' })
    assert.deepEqual(await names(), ['drcorl', 'bc-safe', 'bc-all'])
  }))

test('rollouts lead to rollouts and estimates to estimates', { skip }, () =>
  withReport('both', {}, async page => {
    const found = await page.evaluate(() => {
      const wrong = []
      const counts = { r: 0, e: 0 }
      for (const section of ['table', 'plane', 'across', 'profiles', 'limits', 'exceedance']) {
        let estimates = false
        for (const part of document.querySelectorAll(
          `#${section} h3, #${section} summary b, #${section} details[data-task], #${section} a[href]`)) {
          const words = part.textContent
          if (part.tagName === 'DETAILS') estimates = false
          else if (part.tagName === 'H3') {
            if (/off-policy estimates$/i.test(words)) estimates = true
            else if (section !== 'table' || words === 'Each task in full') estimates = false
          } else if (part.tagName === 'A') {
            const kind = /^#(?:all-)?([re])-/.exec(part.getAttribute('href'))?.[1]
            if (!kind) continue
            counts[kind] += 1
            if (kind !== (estimates ? 'e' : 'r')) wrong.push(`${section}: ${part.getAttribute('href')}`)
          }
        }
      }
      return { wrong: wrong.slice(0, 9), counts }
    })
    assert.deepEqual(found.wrong, [])
    assert.ok(found.counts.r > 60 && found.counts.e > 100, JSON.stringify(found.counts))

    // The claims, by their own words.
    for (const item of await page.locator('.claims li li').all()) {
      const words = await item.textContent()
      assert.equal(await item.locator('a').count(), 1, words)
      const target = await item.locator('a').getAttribute('href')
      assert.equal(target.startsWith('#e-'), words.includes('(off-policy estimate)'), words)
    }

    // A group of all groups leads on to groups of its kind.
    for (const kind of ['r', 'e']) {
      const targets = await page.locator(`[id^="all-${kind}-"] a`).evaluateAll(links =>
        links.map(link => link.getAttribute('href').slice(0, 3)))
      assert.ok(targets.length > 5)
      assert.deepEqual([...new Set(targets)], [`#${kind}-`])
    }
    assert.match(await page.locator('.verdict').innerText(), /On PointNav it is estimated from data alone\./)
  }))

test('limit 0 is a limit as any other', { skip }, () =>
  withReport('limit-zero', {}, async page => {
    const verdicts = await page.locator('table.map tbody tr', { hasText: 'bc-safe' })
      .locator('td[data-limit="0"]').allInnerTexts()
    assert.deepEqual(verdicts.map(words => words.trim()), ['✓', '✓'])
    await page.selectOption('#filter-limit', { label: '0' })
    assert.ok(await page.locator('table.wide:visible').count() >= 1)
    assert.equal(await page.locator('#plane svg.plot:visible').count(), 2)
    assert.match(await page.locator('#plane svg.plot:visible').first().getAttribute('aria-label'), /at limit 0\./)
    const beyond = page.locator('#exceedance svg.plot:visible')
    assert.equal(await beyond.count(), 4)
  }))

test('returns of no range leave rewards without a scale, and costs as they are', { skip }, () =>
  withReport('no-scale', {}, async page => {
    const wide = page.locator('table.wide').first()
    assert.match(await wide.locator('tbody tr').first().innerText(), /n\/a/)
    assert.match(await page.locator('table.map tbody tr').first().innerText(), /no scale/)
    assert.ok((await page.locator('table.map tbody td').allInnerTexts()).some(words => words.trim() === '✓'))
    assert.doesNotMatch(await page.locator('main').innerText(), /NaN|Infinity|undefined/)
    assert.doesNotMatch(await page.locator('#across').innerText(), /normalised reward/)
  }))

test('the keyboard reaches heads and folds, and is not held up by marks', { skip }, () =>
  withReport('small', {}, async page => {
    await page.locator('#filter-clear').focus()
    const reached = []
    for (let i = 0; i < 400; i++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => {
        const now = document.activeElement
        now.dataset.reached = 'yes'
        return `${now.tagName}${now.closest('svg') ? ' in a plot' : ''}`
      })
      if (at === 'BODY') break
      reached.push(at)
    }
    assert.equal(reached.filter(at => at.endsWith('in a plot')).length, 0)
    const missed = selector => page.evaluate(selector => [...document.querySelectorAll(selector)]
      .filter(element => element.checkVisibility() && !element.dataset.reached).map(element => element.textContent),
    selector)
    assert.ok(reached.includes('BUTTON') && reached.includes('SUMMARY'))
    assert.deepEqual(await missed('main button.sort'), [])
    assert.deepEqual(await missed('main summary'), [])

    const fold = page.locator('#provenance details').first()
    await fold.locator('summary').first().focus()
    await page.keyboard.press('Enter')
    assert.equal(await fold.evaluate(element => element.open), true)
    await page.keyboard.press('Space')
    assert.equal(await fold.evaluate(element => element.open), false)
  }))

test('on paper nothing reaches beyond the sheet, and every plot of a limit is there', { skip }, () =>
  withReport('table', { viewport: { width: 1032, height: 700 } }, async page => {
    await page.emulateMedia({ media: 'print' })
    const beyond = await page.evaluate(() => [...document.querySelectorAll('table, svg.plot, p')]
      .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
      .map(part => `${part.className.baseVal ?? part.className}: ${part.getBoundingClientRect().right}`))
    assert.deepEqual(beyond, [])
    const shown = await page.locator('details.figures svg.plot').evaluateAll(plots =>
      plots.map(plot => plot.checkVisibility()))
    assert.ok(shown.length > 40)
    assert.deepEqual([...new Set(shown)], [true])
  }))
